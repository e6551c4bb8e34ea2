-- An act gets its place in the tree soon after it is written. The index of places holds only acts that
-- have one, so that each act is entered there once and not first without a place.

DROP INDEX act_by_leaf;

CREATE UNIQUE INDEX act_by_leaf ON act (institution_id, leaf_index) WHERE leaf_index IS NOT NULL;
