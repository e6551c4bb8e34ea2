//! Japanese words for search.
