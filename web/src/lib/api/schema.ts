/** Made from docs/openapi.json by `npm run api:generate`. Do not edit. */
export interface paths {
    "/api/v1/acts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists acts, newest first. */
        get: operations["get_acts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/acts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One act with its chain. */
        get: operations["get_act"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/acts/{id}/receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The receipt of an act: a file that proves it offline. */
        get: operations["get_receipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ask": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answers a question from the documents. */
        post: operations["ask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The budgets and rates of the institution, oldest first, with current use. */
        get: operations["list_budgets"];
        put?: never;
        /** Makes a budget or rate. */
        post: operations["create_budget"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes it; calls under way still settle what they hold. */
        delete: operations["remove_budget"];
        options?: never;
        head?: never;
        /** Changes how much it holds, whether it is in force, and whom to ask. */
        patch: operations["change_budget"];
        trace?: never;
    };
    "/api/v1/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The collections that the caller may see, by key. */
        get: operations["list_collections"];
        put?: never;
        /** Makes a collection. */
        post: operations["create_collection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/collections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A collection. */
        get: operations["find_collection"];
        put?: never;
        post?: never;
        /** Removes an empty collection. */
        delete: operations["remove_collection"];
        options?: never;
        head?: never;
        /** Changes a collection. */
        patch: operations["change_collection"];
        trace?: never;
    };
    "/api/v1/collections/{id}/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The documents of a collection, by id. */
        get: operations["list_documents"];
        put?: never;
        /** Takes files into a collection; a job reads them. */
        post: operations["import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/continuity/exits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What stops if an endpoint, a vendor or a country is gone. */
        get: operations["find_exits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/continuity/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shares of calls, tokens and cost by vendor, country and openness, with how concentrated they are. */
        get: operations["list_shares"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own conversations, the latest first. */
        get: operations["list_conversations"];
        put?: never;
        /** Begins a conversation. */
        post: operations["create_conversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One conversation with its messages. An answer on its way is left out. */
        get: operations["read_conversation"];
        put?: never;
        post?: never;
        /** Deletes a conversation and all that was said in it. The acts stay, without their content. */
        delete: operations["delete_conversation"];
        options?: never;
        head?: never;
        /** Renames a conversation, or changes where its answers are looked for. */
        patch: operations["change_conversation"];
        trace?: never;
    };
    "/api/v1/conversations/{id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Asks a question; the answer comes as server-sent events.
         * @description `started` {user_message, message_id, act_id}, then any of `status` {stage}, `delta` {text} and
         *     `citations` {citations}, and at last `done` {message, conversation} or `failed` {code, detail,
         *     message}. Whoever ends the request stops the answer; what came so far is kept as "stopped".
         */
        post: operations["ask_question"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}/messages/{message_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops an answer that is on its way. */
        post: operations["stop_answer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/departments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The departments, by key. */
        get: operations["list_departments"];
        put?: never;
        /** Makes a department. */
        post: operations["create_department"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/departments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes an empty department. */
        delete: operations["delete_department"];
        options?: never;
        head?: never;
        /** Renames a department. */
        patch: operations["change_department"];
        trace?: never;
    };
    "/api/v1/departments/{id}/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The teams of a department, by key. */
        get: operations["list_teams"];
        put?: never;
        /** Makes a team. */
        post: operations["create_team"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A document. */
        get: operations["find_document"];
        put?: never;
        post?: never;
        /** Removes a document. */
        delete: operations["remove_document"];
        options?: never;
        head?: never;
        /** Changes what is said about a document. */
        patch: operations["change_document"];
        trace?: never;
    };
    "/api/v1/documents/{id}/original": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The file of a document as it was sent. Never shown in the browser, always saved. */
        get: operations["read_original"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}/text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The text of a document, or the part around a place. */
        get: operations["read_text"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drills": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The drills, the newest first. */
        get: operations["list_drills"];
        put?: never;
        /**
         * Starts a drill: takes something out of service for a time, and reports afterwards how it went.
         *     Check questions are asked before it begins and again in it.
         */
        post: operations["start_drill"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drills/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One drill with its report, as of now while it runs. */
        get: operations["find_drill"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drills/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a drill before its time. */
        post: operations["end_drill"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoint-blocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is out of service at the moment, oldest first. */
        get: operations["list_endpoint_blocks"];
        put?: never;
        /** Takes an endpoint, a vendor or a country out of service for a time. */
        post: operations["block_endpoints"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoint-blocks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a block before its time. */
        delete: operations["unblock_endpoints"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The endpoints, oldest first. */
        get: operations["list_endpoints"];
        put?: never;
        /** Adds an endpoint. */
        post: operations["create_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks a server which models it offers, before an endpoint is saved. */
        post: operations["probe_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One endpoint. */
        get: operations["find_endpoint"];
        put?: never;
        post?: never;
        /** Removes an endpoint and its key. */
        delete: operations["remove_endpoint"];
        options?: never;
        head?: never;
        /** Changes an endpoint; what is absent stays. */
        patch: operations["change_endpoint"];
        trace?: never;
    };
    "/api/v1/endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets an endpoint answer a fixed question. */
        post: operations["test_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Looks at everything that the server needs. */
        get: operations["get_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest jobs of the caller; of everyone for an administrator. */
        get: operations["list_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A job. */
        get: operations["find_job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks a job to stop. */
        post: operations["cancel_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own keys, newest first; everybody's for an administrator. */
        get: operations["list_keys"];
        put?: never;
        /** Makes a key that acts on one's own behalf. */
        post: operations["create_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes a key. */
        delete: operations["revoke_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/label-pack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the institution calls its ranks and compartments. */
        get: operations["find_label_pack"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/consistency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The proof that the ledger of one size is the beginning of the ledger of another. */
        get: operations["get_consistency"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The signed head of the institution's ledger. */
        get: operations["get_head"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replays the whole ledger and says what is wrong with it. */
        post: operations["post_verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What limits the person who asks: own budgets first, then those of keys, teams and above. */
        get: operations["list_own_budgets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes one's own password; other sessions end. */
        put: operations["change_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prices that are known, with day and source. None is applied by itself. */
        get: operations["list_prices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The routes, oldest first. */
        get: operations["list_routes"];
        put?: never;
        /** Adds a route. */
        post: operations["create_route"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/routes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One route. */
        get: operations["find_route"];
        put?: never;
        post?: never;
        /** Removes a route; its endpoints stay. */
        delete: operations["remove_route"];
        options?: never;
        head?: never;
        /** Changes a route; what is absent stays. */
        patch: operations["change_route"];
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The best places for a query. */
        post: operations["search"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The present session. */
        get: operations["session"];
        put?: never;
        /** Signs in. */
        post: operations["sign_in"];
        /** Signs out. */
        delete: operations["sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Signs out everywhere. */
        delete: operations["sign_out_everywhere"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/set-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Founds the institution and its first administrator, and signs in. */
        post: operations["set_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the server is set up, and for whom. */
        get: operations["status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a team; its people stay in the department. */
        delete: operations["delete_team"];
        options?: never;
        head?: never;
        /** Renames a team. */
        patch: operations["change_team"];
        trace?: never;
    };
    "/api/v1/traffic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many calls began in a time, what they cost and how they ended, by one dimension. Who is no
         *     administrator, AI officer or auditor sees the own department's.
         */
        get: operations["find_traffic"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The people of the institution, by user name. */
        get: operations["list_users"];
        put?: never;
        /** Makes an account. */
        post: operations["create_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes accounts from CSV: all of them, or none and what is wrong where. */
        post: operations["import_users"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One person. */
        get: operations["find_user"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes an account; what is absent stays. */
        patch: operations["change_user"];
        trace?: never;
    };
    "/api/v1/users/{id}/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a person a temporary password, and ends every session. */
        post: operations["reset_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Signs a person out everywhere. */
        delete: operations["end_sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ledger/{institution_key}/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest signed checkpoint, for anybody. */
        get: operations["get_checkpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ledger/{institution_key}/vkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public key of the ledger, for anybody. */
        get: operations["get_vkey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's own batches, newest first. */
        get: operations["list_batches"];
        put?: never;
        /** Makes the calls of a file in the background, each as a call of its own. */
        post: operations["create_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the caller's own batches. */
        get: operations["find_batch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops one of the caller's own batches: calls under way end, no further one begins. */
        post: operations["cancel_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chat/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has a model continue a conversation. The body is OpenAI's; unknown fields pass to an endpoint
         *     that speaks the same dialect.
         */
        post: operations["chat_completions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embeddings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turns text into vectors. The body is OpenAI's; unknown fields pass to the endpoint. */
        post: operations["create_embeddings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's own files, newest first. */
        get: operations["list_files"];
        put?: never;
        /** Keeps a file of calls for a batch: the parts `purpose` (`batch`) and `file`, JSON Lines. */
        post: operations["create_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of the caller's own files. */
        get: operations["find_file"];
        put?: never;
        post?: never;
        /** Removes one of the caller's own files. A batch that has read it goes on. */
        delete: operations["delete_file"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is in one of the caller's own files: JSON Lines. */
        get: operations["read_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has a model continue a conversation. The body is Anthropic's; tools that the vendor runs and
         *     files that it keeps are refused.
         */
        post: operations["create_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/count_tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Counts the tokens of a message without answering it. Only an endpoint of Anthropic's kind can. */
        post: operations["count_tokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The models that are switched on. */
        get: operations["list_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One model by its name. */
        get: operations["find_model"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rerank": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts documents in the order in which they answer a question. The body is that of Jina and
         *     Cohere: `model`, `query`, `documents`, `top_n`, `return_documents`; unknown fields pass to an
         *     endpoint that can rerank.
         */
        post: operations["rerank"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/responses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has a model answer. The body is OpenAI's; what the vendor would keep (`previous_response_id`,
         *     `conversation`, `store`) or run by itself (hosted tools) is refused.
         */
        post: operations["create_response"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What a way can do, and for which labels. */
        Ability: {
            /** @description The highest labels that are served without it; none when it stops. */
            highest_after: string[];
            /** @description The highest labels that are served now; several where none of them dominates the others. */
            highest_before: string[];
            language: null | components["schemas"]["Language"];
            /** @description What a call needs. */
            needs: components["schemas"]["Capability"][];
            /** @description The labels at which it stops. */
            stops_at: string[];
        };
        /** @description An act. */
        ActBody: {
            actor: components["schemas"]["ActorBody"];
            /** Format: int64 */
            at_ms: number;
            details: components["schemas"]["DetailBody"][];
            id: string;
            kind: string;
            label: string | null;
            /** Format: int64 */
            leaf_index: number | null;
            parent_id: string | null;
            refs: {
                [key: string]: string;
            };
            /** @enum {string} */
            state: "pending" | "in_ledger";
            /** @description Key of the sentence by which screens name the act. */
            summary_key: string;
        };
        /** @description An act and the chain it belongs to, oldest first. */
        ActChain: {
            act: components["schemas"]["ActBody"];
            chain: components["schemas"]["ActBody"][];
        };
        /** @description A page of acts. */
        ActPage: {
            items: components["schemas"]["ActBody"][];
            next_cursor: string | null;
        };
        /** @description Who acted. */
        ActorBody: {
            display_name: string;
            user_id: string | null;
            /** @enum {string} */
            via: "session" | "key" | "console" | "system";
        };
        /** @description How much of what. */
        Amounts: {
            /**
             * Format: int64
             * @description Calls that were let through, whatever came of them.
             */
            calls: number;
            /**
             * Format: int64
             * @description Calls without a cost: the endpoint has no price, runs inside this program, or is not done yet.
             */
            calls_without_cost: number;
            /**
             * Format: int64
             * @description Calls of which nobody said how many tokens they took.
             */
            calls_without_tokens: number;
            /**
             * Format: int64
             * @description Millionths of a yen, as far as prices are stated.
             */
            cost_micro_yen: number;
            /**
             * Format: int64
             * @description Tokens in and out, as far as endpoints said.
             */
            tokens: number;
        };
        Answer: {
            act_id: string;
            /** @description Empty when nothing was found. Written answers cite as in `[1][2]`. */
            answer: string;
            citations: components["schemas"]["Citation"][];
            endpoint: null | components["schemas"]["AnsweringEndpoint"];
            label: string;
            /** @enum {string} */
            mode: "quotation" | "written" | "not_found";
        };
        /** @description One event of an answer. */
        AnswerEvent: {
            /** @description JSON, as the operation describes for each event. */
            data: string;
            /** @enum {string} */
            event: "started" | "status" | "delta" | "citations" | "done" | "failed";
        };
        /**
         * @description What kind of answer it is.
         * @enum {string}
         */
        AnswerMode: "quotation" | "written" | "not_found";
        AnsweringEndpoint: {
            id: string;
            name: string;
        };
        AskBody: {
            /** @description Where to look; everywhere the caller may read when absent or empty. */
            collection_ids?: string[] | null;
            mode?: components["schemas"]["WantedMode"];
            question: string;
        };
        /** @description A batch as OpenAI describes it. Moments are in seconds since the epoch. */
        Batch: {
            /**
             * Format: int64
             * @description When it was stopped.
             */
            cancelled_at: number | null;
            /**
             * Format: int64
             * @description When somebody asked to stop it.
             */
            cancelling_at: number | null;
            /**
             * Format: int64
             * @description When it was completed.
             */
            completed_at: number | null;
            /** @description `24h`. */
            completion_window: string;
            /**
             * Format: int64
             * @description Since when it is here.
             */
            created_at: number;
            /** @description Where its calls go. */
            endpoint: string;
            /** @description What came of the others. */
            error_file_id: string | null;
            errors: null | components["schemas"]["LineFaults"];
            /**
             * Format: int64
             * @description When its time was over.
             */
            expired_at: number | null;
            /**
             * Format: int64
             * @description Until when its calls are made.
             */
            expires_at: number;
            /**
             * Format: int64
             * @description When it failed.
             */
            failed_at: number | null;
            /**
             * Format: int64
             * @description When its last call ended.
             */
            finalizing_at: number | null;
            /** @description Its id. */
            id: string;
            /**
             * Format: int64
             * @description When its file had been read.
             */
            in_progress_at: number | null;
            /** @description The file of its calls. */
            input_file_id: string;
            /** @description Its label: of what is Kaname's own. */
            label: string;
            /** @description What its maker noted on it. */
            metadata: {
                [key: string]: string;
            };
            /** @description `batch`. */
            object: string;
            /** @description What came of the calls that went well. */
            output_file_id: string | null;
            /** @description How many calls. */
            request_counts: components["schemas"]["Counts"];
            /** @description Where it stands. */
            status: components["schemas"]["BatchState"];
        };
        /** @description A page of batches. */
        BatchList: {
            /** @description The batches, newest first. */
            data: components["schemas"]["Batch"][];
            /** @description The first of them. */
            first_id: string | null;
            /** @description Whether there are more after the last. */
            has_more: boolean;
            /** @description The last of them. */
            last_id: string | null;
            /** @description `list`. */
            object: string;
        };
        /**
         * @description Where a batch stands.
         * @enum {string}
         */
        BatchState: "validating" | "failed" | "in_progress" | "finalizing" | "completed" | "expired" | "cancelling" | "cancelled";
        /** @description A block: from now, for a time. */
        Block: components["schemas"]["Blocked"] & {
            /** @description The act that put it there. */
            act_id: string;
            /**
             * Format: int64
             * @description Since when.
             */
            from_ms: number;
            /** @description Its id. */
            id: string;
            /**
             * Format: int64
             * @description Until when.
             */
            until_ms: number;
        };
        /** @description The blocks that have not ended. */
        BlockPage: {
            items: components["schemas"]["Block"][];
            /** @description There is never a further page. */
            next_cursor: string | null;
        };
        /** @description What a block is about. */
        Blocked: {
            /** @enum {string} */
            subject: "endpoint";
            /** @description One endpoint, by its id. */
            value: string;
        } | {
            /** @enum {string} */
            subject: "vendor";
            /** @description Everything of a vendor. */
            value: string;
        } | {
            /** @enum {string} */
            subject: "operator_country";
            /** @description Everything operated from a country. */
            value: string;
        } | {
            /** @enum {string} */
            subject: "hosting_country";
            /** @description Everything hosted in a country. */
            value: string;
        };
        /** @description What every endpoint behind a route must keep to, whatever else is configured. */
        Bounds: {
            /**
             * @description Whether a call may go on to another endpoint when one fails before its first content.
             *     Absent means yes.
             * @default null
             */
            failover: boolean | null;
            /**
             * Format: int32
             * @description After how many milliseconds without content another endpoint is asked alongside, 10 to 120,000.
             *     The first content wins, the other call is given up. Absent means never.
             * @default null
             */
            hedge_after_ms: number | null;
            /**
             * @description Only endpoints hosted in these countries; none given means all.
             * @default []
             */
            hosting_countries: string[];
            /**
             * @description Only endpoints operated from these countries; none given means all.
             * @default []
             */
            operator_countries: string[];
            /**
             * Format: int64
             * @description Only endpoints whose million output tokens cost at most this many yen. One without a price
             *     is then left out.
             * @default null
             */
            output_yen_most: number | null;
        };
        /** @description A budget or rate with what stands against it now. */
        Budget: {
            /** Format: int64 */
            changed_at_ms: number;
            /** @description Whom to ask for more; may be empty. */
            contact: string;
            /** Format: int64 */
            created_at_ms: number;
            enabled: boolean;
            id: string;
            /**
             * Format: int64
             * @description How much, in whole yen, tokens or requests.
             */
            limit: number;
            /** @enum {string} */
            period: "at_once" | "minute" | "day" | "month" | "fiscal_year";
            /**
             * Format: int64
             * @description When the period ends and the budget opens anew; none for a rate.
             */
            period_ends_at_ms: number | null;
            /**
             * Format: int64
             * @description When the period began; none for a rate.
             */
            period_started_at_ms: number | null;
            /**
             * Format: double
             * @description What a call may still take; never below zero.
             */
            remaining: number;
            /**
             * Format: double
             * @description Held for calls under way.
             */
            reserved: number;
            subject_id: string;
            /** @enum {string} */
            subject_kind: "institution" | "department" | "team" | "person" | "key" | "app" | "system";
            /** @description The name as people know it. */
            subject_name: string;
            /** @enum {string} */
            unit: "yen" | "tokens" | "requests";
            /**
             * Format: double
             * @description Used up; yen to six decimals.
             */
            used: number;
        };
        /** @description A change of a budget; what is absent stays. Whose it is and what it counts cannot change. */
        BudgetChange: {
            /** @description Whom to ask for more. */
            contact?: string | null;
            /** @description Whether it is in force. */
            enabled?: boolean | null;
            /**
             * Format: int64
             * @description How much, in whole yen, tokens or requests.
             */
            limit?: number | null;
        };
        /** @description A page of budgets. */
        BudgetList: {
            items: components["schemas"]["Budget"][];
            /** @description Where the next page starts; absent on the last. */
            next_cursor: string | null;
        };
        /** @description The calls that are under way now. */
        CallsUnderWay: {
            /**
             * Format: int64
             * @description How many.
             */
            calls: number;
            /**
             * Format: int64
             * @description Since when the oldest is.
             */
            oldest_started_at_ms: number | null;
        };
        /**
         * @description What it can do.
         * @enum {string}
         */
        Capability: "chat" | "embeddings" | "rerank" | "tools" | "images" | "files" | "structured_output";
        /** @description One thing that was looked at. */
        Check: {
            /** @description What was found, a stable name within the check; screens translate it. */
            code: string;
            /** @description The sentence in English. */
            detail: string;
            /** @description What to do, in English. */
            fix: string | null;
            /** @description Stable name; screens translate it. */
            name: string;
            /** @enum {string} */
            state: "ok" | "warning" | "failing";
            /** @description Numbers and names that belong into the sentence. */
            values: {
                [key: string]: string;
            };
        };
        /** @description What came of a question in one round. */
        CheckAnswer: {
            /** @description The act of the request, if it came so far; the calls and the answer follow from it. */
            act_id: string | null;
            /** @description Why no answer came: a stable code. */
            code: string | null;
            /** @description Whether the answer stopped at the most tokens that a check question is given. */
            cut_short: boolean;
            /** @description The public name of the endpoint that answered. */
            endpoint: string | null;
            /** @description How it ended. */
            outcome: components["schemas"]["CheckOutcome"];
            /**
             * Format: int64
             * @description How long it took, in milliseconds.
             */
            took_ms: number;
        };
        /**
         * @description How a question ended.
         * @enum {string}
         */
        CheckOutcome: "as_expected" | "not_as_expected" | "unanswered";
        /**
         * @description A check question, and by what its answer is judged.
         *
         *     Texts are compared without regard to width and other compatibility forms (NFKC), upper and lower
         *     case, and white space.
         */
        CheckQuestion: {
            /** @description The answer must hold all of these 1 to 10 texts of 1 to 200 characters. */
            expected: string[];
            /** @description The answer must hold none of these; 10 at most. */
            forbidden?: string[];
            /** @description The model that is asked: the public name of a route or an endpoint. */
            model: string;
            /** @description What is asked, in 1 to 2,000 characters. It has the institution's default label. */
            question: string;
        };
        /** @description A question with both its results. One without a result was not asked to the end in that round. */
        CheckResult: components["schemas"]["CheckQuestion"] & {
            before?: null | components["schemas"]["CheckAnswer"];
            during?: null | components["schemas"]["CheckAnswer"];
        };
        /** @description A round in numbers. */
        CheckTally: {
            /**
             * Format: int64
             * @description Those with an answer.
             */
            answered: number;
            /**
             * Format: int64
             * @description Those whose answer was as expected.
             */
            as_expected: number;
            /**
             * Format: int64
             * @description Questions that were asked to the end.
             */
            asked: number;
            /**
             * Format: int64
             * @description Those without an answer.
             */
            unanswered: number;
        };
        /** @description The check questions of a drill: a check of a few chosen questions, no general measure of quality. */
        Checks: {
            /** @description The round before anything was out of service. */
            before: components["schemas"]["CheckTally"];
            /** @description The round while it was. */
            during: components["schemas"]["CheckTally"];
            /** @description Question by question. */
            questions: components["schemas"]["CheckResult"][];
        };
        Citation: {
            collection_id: string;
            document_id: string;
            effective_date: string | null;
            end: number;
            heading: string | null;
            label: string;
            number: number;
            /** Format: int64 */
            page: number | null;
            quote: string;
            start: number;
            title: string;
            /** Format: int64 */
            version: number;
        };
        Collection: {
            /** Format: int64 */
            chunk_count: number;
            description: string;
            /** Format: int64 */
            document_count: number;
            editors: components["schemas"]["Editors"];
            id: string;
            key: string;
            /** @description Canonical label text. */
            label: string;
            /** @description Whether the caller may add and remove documents. */
            may_edit: boolean;
            name: string;
            readers: components["schemas"]["Readers"];
            /** Format: int64 */
            updated_at_ms: number;
        };
        CollectionChange: {
            description?: string | null;
            editors?: null | components["schemas"]["Editors"];
            /** @description Only upwards. */
            label?: string | null;
            name?: string | null;
            readers?: null | components["schemas"]["Readers"];
        };
        CollectionPage: {
            items: components["schemas"]["Collection"][];
            /** @description Where the next page begins; always null, since all are given. */
            next_cursor: string | null;
        };
        /** @description One compartment of a pack. */
        Compartment: {
            /** @description The key in a label's text. */
            key: string;
            /** @description The name. */
            name: components["schemas"]["Named"];
        };
        /** @description When a leg applies; what is absent does not matter. */
        Conditions: {
            /**
             * @description Only where the request's label dominates this one.
             * @default null
             */
            label_from: string | null;
            /**
             * @description Only where this label dominates the request's.
             * @default null
             */
            label_to: string | null;
            /**
             * @description Only for requests that need all of these.
             * @default []
             */
            needs: components["schemas"]["Capability"][];
            /**
             * @description Only for these purposes; none given means all.
             * @default []
             */
            purposes: components["schemas"]["Purpose"][];
        };
        /** @description A consistency proof. */
        ConsistencyBody: {
            /** Format: int64 */
            from: number;
            /** @description Hashes in base64. */
            proof: string[];
            /** Format: int64 */
            to: number;
        };
        /** @description A conversation, as its owner sees it. */
        Conversation: {
            /** @description Where answers are looked for; empty means everywhere the person may read. */
            collection_ids: string[];
            /**
             * Format: int64
             * @description When it was begun.
             */
            created_at_ms: number;
            /** @description Its id. */
            id: string;
            /** @description The join of everything said in it. Never falls. */
            label: string;
            /**
             * Format: int64
             * @description Messages in it, without an answer on its way.
             */
            message_count: number;
            /** @description Its title; empty until the first question. */
            title: string;
            /**
             * Format: int64
             * @description When something last happened in it.
             */
            updated_at_ms: number;
        };
        ConversationChange: {
            collection_ids?: string[] | null;
            title?: string | null;
        };
        ConversationPage: {
            items: components["schemas"]["Conversation"][];
            next_cursor: string | null;
        };
        ConversationWithMessages: {
            conversation: components["schemas"]["Conversation"];
            messages: components["schemas"]["Message"][];
        };
        /** @description How many calls a batch has. */
        Counts: {
            /**
             * Format: int64
             * @description That went well.
             */
            completed: number;
            /**
             * Format: int64
             * @description That did not.
             */
            failed: number;
            /**
             * Format: int64
             * @description In all, once its file was read.
             */
            total: number;
        };
        CreatedKey: {
            key: components["schemas"]["Key"];
            /** @description `kn_…`, shown this once. */
            secret: string;
        };
        CreatedUser: {
            /** @description Shown this once. */
            temporary_password: string | null;
            user: components["schemas"]["User"];
        };
        Department: {
            id: string;
            key: string;
            name: string;
        };
        DepartmentPage: {
            items: components["schemas"]["Department"][];
            /** @description Where the next page starts; `null` on the last. */
            next_cursor: string | null;
        };
        /** @description One value that an act committed to, for its own actor. */
        DetailBody: {
            field: string;
            value: string;
        };
        /** @description A layer taken apart in one way. */
        Dimension: {
            /** @description In which. */
            dimension: components["schemas"]["Shown"];
            /** @description Its groups, the most calls first. */
            groups: components["schemas"]["Group"][];
            /** @description The Herfindahl-Hirschman index, 0 to 10,000. What is not stated counts as one holder. */
            hhi: components["schemas"]["Measured"];
        };
        /** @description A value shown in the clear with the salt that opens its commitment, both base64. */
        DisclosureBody: {
            field: string;
            salt: string;
            value: string;
        };
        Document: {
            /** Format: int64 */
            chunk_count: number;
            collection_id: string;
            /** Format: int64 */
            created_at_ms: number;
            /** @description `YYYY-MM-DD`. */
            effective_date: string | null;
            error: null | components["schemas"]["DocumentError"];
            file_name: string;
            /** @description `txt`, `md`, `html`, `docx`, `pdf`, `csv`, `xlsx`; empty before it was read. */
            format: string;
            id: string;
            /** @description Canonical label text. */
            label: string;
            /** Format: int64 */
            page_count: number | null;
            /** Format: int64 */
            size_bytes: number;
            /** @enum {string} */
            state: "queued" | "indexing" | "ready" | "failed";
            title: string;
            /** Format: int64 */
            updated_at_ms: number;
            /** Format: int64 */
            version: number;
            warnings: string[];
        };
        DocumentChange: {
            /** @description `YYYY-MM-DD`; empty takes the date away. */
            effective_date?: string | null;
            /** @description Only upwards. */
            label?: string | null;
            title?: string | null;
        };
        DocumentError: {
            code: string;
            detail: string;
            fix: string | null;
        };
        DocumentPage: {
            items: components["schemas"]["Document"][];
            next_cursor: string | null;
        };
        DocumentText: {
            blocks: components["schemas"]["TextBlock"][];
            collection_name: string;
            document: components["schemas"]["Document"];
            text: string;
            /** @description Byte of the canonical text at which `text` begins. All offsets are UTF-8 bytes. */
            text_start: number;
            /**
             * Format: int64
             * @description The version whose text this is.
             */
            version: number;
        };
        /** @description A drill. */
        Drill: components["schemas"]["Blocked"] & {
            /** @description The block that takes what it is about out of service. */
            block_id: string;
            /** @description The act of its end, which commits to the report. */
            end_act_id?: string | null;
            /**
             * Format: int64
             * @description When it ended.
             */
            ended_ms?: number | null;
            /**
             * Format: int64
             * @description Since when; while questions are asked first, since when they are.
             */
            from_ms: number;
            /** @description Its id. */
            id: string;
            /** @description Why. */
            reason: string;
            report?: null | components["schemas"]["Report"];
            /** @description The hash of the report as the act of the end commits to it. */
            report_sha256?: string | null;
            /** @description The act of its start. */
            start_act_id: string;
            /** @description Where it stands. */
            state: components["schemas"]["DrillState"];
            /**
             * Format: int64
             * @description Until when it was to last; while questions are asked first, as if it had begun with them.
             */
            until_ms: number;
        };
        /** @description A page of drills. */
        DrillPage: {
            items: components["schemas"]["Drill"][];
            /** @description Where the next page begins, if there is one. */
            next_cursor: string | null;
        };
        /**
         * @description Where a drill stands.
         * @enum {string}
         */
        DrillState: "checking" | "running" | "ended";
        /** @description Who may add and remove documents, besides administrators. */
        Editors: {
            department_ids: string[];
        };
        /** @description A place where a model answers. */
        Endpoint: {
            /** @description Where it is; none for what runs inside this program. */
            base_url: string | null;
            /**
             * Format: int32
             * @description How long an answer is kept for whoever asked, to the same question; 0 for not at all.
             */
            cache_seconds: number;
            /** @description What it can do. */
            capabilities: components["schemas"]["Capability"][];
            /** @description The highest label that it may handle. */
            clearance: string;
            /**
             * Format: int32
             * @description Most calls at once from this process, if there is a bound.
             */
            concurrent_max: number | null;
            /**
             * Format: int32
             * @description The longest context in tokens, if it is known.
             */
            context_tokens: number | null;
            /**
             * Format: int64
             * @description Since when it is here.
             */
            created_at_ms: number;
            /** @description The dialects that it speaks. */
            dialects: components["schemas"]["Speaks"][];
            /** @description Whether it is switched on. */
            enabled: boolean;
            /** @description Whether an API key is kept for it. The key itself is never shown. */
            has_api_key: boolean;
            /** @description What the last test found. */
            health: components["schemas"]["Health"];
            /** @description The country where it runs. */
            hosting_country: string;
            /** @description Its id. */
            id: string;
            /** @description What kind of place it is. */
            kind: components["schemas"]["EndpointKind"];
            /** @description The languages that it can be trusted with. */
            languages: components["schemas"]["Language"][];
            /** @description The licence of the model, as an SPDX identifier or in words. */
            licence: string;
            /** @description The model's name there. */
            model: string;
            /** @description What administrators call it. */
            name: string;
            /** @description Whether the weights are open. */
            open_weights: boolean;
            /** @description The country of who runs it. */
            operator_country: string;
            price: null | components["schemas"]["Price"];
            /** @description The name that callers write. */
            public_name: string;
            /** @description The region of the service where it has one, `ap-northeast-1` say. */
            region: string;
            /** @description Who made the model. */
            vendor: string;
        };
        /** @description A change of an endpoint; what is absent stays. */
        EndpointChange: {
            /** @description A new API key; empty to forget the one kept. */
            api_key?: string | null;
            /** @description Where it is. Another server drops the API key unless a new one comes along. */
            base_url?: string | null;
            /**
             * Format: int32
             * @description How long an answer is kept for whoever asked, to the same question; 0 for not at all.
             */
            cache_seconds?: number | null;
            /** @description What it can do. */
            capabilities?: components["schemas"]["Capability"][] | null;
            /** @description The highest label that it may handle. */
            clearance?: string | null;
            /**
             * Format: int32
             * @description Most calls at once; 0 for no bound.
             */
            concurrent_max?: number | null;
            /**
             * Format: int32
             * @description The longest context in tokens; 0 for not known.
             */
            context_tokens?: number | null;
            /** @description The dialects that it speaks. */
            dialects?: components["schemas"]["Speaks"][] | null;
            /** @description Whether it is switched on. */
            enabled?: boolean | null;
            /** @description The country where it runs. */
            hosting_country?: string | null;
            /** @description The languages that it can be trusted with. */
            languages?: components["schemas"]["Language"][] | null;
            /** @description The licence of the model. */
            licence?: string | null;
            /** @description The model's name there. */
            model?: string | null;
            /** @description What administrators call it. */
            name?: string | null;
            /** @description Whether the weights are open. */
            open_weights?: boolean | null;
            /** @description The country of who runs it. */
            operator_country?: string | null;
            price?: null | components["schemas"]["Price"];
            /** @description The name that callers write. */
            public_name?: string | null;
            /** @description The region of the service. */
            region?: string | null;
            /** @description Who made the model. */
            vendor?: string | null;
        };
        /**
         * @description What kind of place it is.
         * @enum {string}
         */
        EndpointKind: "embedded_generation" | "embedded_embedding" | "openai_compatible" | "anthropic" | "gemini" | "bedrock";
        /** @description A page of endpoints. */
        EndpointPage: {
            items: components["schemas"]["Endpoint"][];
            /** @description Where the next page begins, if there is one. */
            next_cursor: string | null;
        };
        /** @description `{"error": {...}}`. */
        ErrorBody: {
            error: components["schemas"]["ErrorDetail"];
        };
        ErrorDetail: {
            /** @description The stable code. */
            code: string;
            /** @description What happened and what to do. */
            message: string;
            /** @description The part of the request at fault. */
            param: string | null;
            /** @description The kind, by which SDKs sort errors. */
            type: string;
        };
        /** @description What becomes of one way. */
        Exit: {
            /** @description What it can do, thing by thing. */
            abilities: components["schemas"]["Ability"][];
            /**
             * Format: int64
             * @description Its calls of the last 30 days.
             */
            calls: number;
            /**
             * Format: int64
             * @description Those of them that went to what would be gone.
             */
            calls_touched: number;
            /** @description The endpoints that are gone. */
            gone: components["schemas"]["NamedEndpoint"][];
            /** @description The route or endpoint; none for an own use. */
            id: string | null;
            /** @description What kind of way it is. */
            kind: components["schemas"]["WayKind"];
            /** @description What people call it; for an own use, the route that serves it, empty where none does. */
            name: string;
            /** @description In a word. */
            outcome: components["schemas"]["ExitOutcome"];
            /** @description The name that callers write; `answers` or `vectors` for an own use. */
            public_name: string;
            /** @description The endpoints that go on. */
            remaining: components["schemas"]["NamedEndpoint"][];
            /**
             * Format: int32
             * @description These as a share of all calls of the institution, in hundredths of a percent.
             */
            touched_share: number | null;
        };
        /**
         * @description What becomes of a way.
         * @enum {string}
         */
        ExitOutcome: "unchanged" | "fewer" | "partly" | "stops" | "not_served";
        /** @description What stops. */
        Exits: components["schemas"]["Blocked"] & {
            /**
             * Format: int64
             * @description All calls since then.
             */
            calls: number;
            /**
             * Format: int64
             * @description Those that went to what would be gone.
             */
            calls_touched: number;
            /** @description The endpoints of which that is true. */
            endpoints: components["schemas"]["NamedEndpoint"][];
            /**
             * Format: int64
             * @description Since when calls are counted: 30 days ago.
             */
            since_ms: number;
            /**
             * Format: int32
             * @description These as a share of all, in hundredths of a percent.
             */
            touched_share?: number | null;
            /** @description Way by way. */
            ways: components["schemas"]["Exit"][];
        };
        /** @description One thing that is wrong. */
        FaultBody: {
            code: string;
            detail: string;
        };
        /** @description What was seen over a span. Probes and tests of endpoints do not count. */
        Figures: {
            /**
             * Format: int64
             * @description Calls for whose answer nobody waited any more.
             */
            abandoned: number;
            /**
             * Format: int64
             * @description Tokens of a whole answer in the mean, over those that said.
             */
            answer_tokens_mean: number | null;
            /**
             * Format: int64
             * @description Calls whose answer broke off.
             */
            broken: number;
            /**
             * Format: int32
             * @description Of the calls that ended, the share whose answer broke off, in hundredths of a percent.
             */
            broken_share: number | null;
            /**
             * Format: int64
             * @description Calls of endpoints; a request that moves on makes several.
             */
            calls: number;
            /**
             * Format: int64
             * @description Calls whose whole answer came.
             */
            completed: number;
            /**
             * Format: int32
             * @description Of the calls that ended, the share whose whole answer came, in hundredths of a percent.
             */
            completed_share: number | null;
            /**
             * Format: int64
             * @description Tokens out, as far as endpoints said.
             */
            completion_tokens: number;
            /**
             * Format: int64
             * @description Millionths of a yen, as far as prices are stated.
             */
            cost_micro_yen: number;
            /**
             * Format: int64
             * @description Refusals by rule: label, rights, budget.
             */
            denied: number;
            /**
             * Format: int64
             * @description Calls that failed before any of their answer came.
             */
            failed: number;
            /**
             * Format: int64
             * @description Requests that tried more than one endpoint.
             */
            failovers: number;
            /** @description How long whoever asked a chat model waited. */
            latency: components["schemas"]["Latency"];
            /**
             * Format: int64
             * @description Tokens in, as far as endpoints said.
             */
            prompt_tokens: number;
            /**
             * Format: int64
             * @description Requests that reached an endpoint, or were denied.
             */
            requests: number;
            /**
             * Format: int64
             * @description Calls that went to what the drill does without: in it, those chosen just before it began.
             */
            to_subject: number;
            /**
             * Format: int64
             * @description Requests that reached an endpoint and got no answer from any.
             */
            unanswered: number;
            /**
             * Format: int64
             * @description Calls under way when the figures were taken.
             */
            under_way: number;
            /**
             * Format: int64
             * @description Calls that a stop of the program cut off.
             */
            unknown: number;
            /**
             * Format: int64
             * @description Requests that nothing in service was left to answer.
             */
            unserved: number;
        };
        /** @description A file as OpenAI describes it. */
        File: {
            /**
             * Format: int64
             * @description How large it is.
             */
            bytes: number;
            /**
             * Format: int64
             * @description Since when it is here, in seconds since the epoch.
             */
            created_at: number;
            /**
             * Format: int64
             * @description When it goes, in seconds since the epoch.
             */
            expires_at: number;
            /** @description Its name. */
            filename: string;
            /** @description Its id. */
            id: string;
            /** @description Its label: of what is Kaname's own. */
            label: string;
            /** @description `file`. */
            object: string;
            /** @description `batch` or `batch_output`. */
            purpose: components["schemas"]["FilePurpose"];
            /** @description `processed`: it is ready. */
            status: string;
        };
        /** @description That a file is gone. */
        FileDeleted: {
            /** @description `true`. */
            deleted: boolean;
            /** @description Its id. */
            id: string;
            /** @description `file`. */
            object: string;
        };
        /** @description A page of files. */
        FileList: {
            /** @description The files, newest first. */
            data: components["schemas"]["File"][];
            /** @description The first of them. */
            first_id: string | null;
            /** @description Whether there are more after the last. */
            has_more: boolean;
            /** @description The last of them. */
            last_id: string | null;
            /** @description `list`. */
            object: string;
        };
        /**
         * @description What a file is for.
         * @enum {string}
         */
        FilePurpose: "batch" | "batch_output";
        /** @description What has one origin. */
        Group: {
            /** @description How much. */
            amounts: components["schemas"]["Amounts"];
            /** @description Its shares in hundredths of a percent. */
            shares: components["schemas"]["Measured"];
            /** @description The vendor or country, or `open` and `closed`; nothing where it is not stated. */
            value: string | null;
        };
        /** @description The signed head. */
        HeadBody: {
            /** @description The signed note, as C2SP tlog-checkpoint says. */
            checkpoint: string;
            origin: string;
            /**
             * Format: int64
             * @description Acts that will be in the next head.
             */
            pending: number;
            /** @description Base64. */
            root: string;
            /** Format: int64 */
            signed_at_ms: number;
            /** Format: int64 */
            tree_size: number;
            /** @description The public key that signs it. */
            vkey: string;
        };
        /** @description What the last test found. */
        Health: {
            /**
             * Format: int64
             * @description When.
             */
            checked_at_ms: number | null;
            /** @description In a sentence. */
            detail: string;
            /** @description In a word. */
            state: components["schemas"]["HealthState"];
        };
        /** @description The state of the server. */
        HealthBody: {
            checks: components["schemas"]["Check"][];
            data_dir: string;
            /** @description `sqlite` or `postgresql`. */
            database: string;
            /** Format: int64 */
            uptime_s: number;
            version: string;
        };
        /**
         * @description What the last test found.
         * @enum {string}
         */
        HealthState: "ok" | "failing" | "unknown";
        Hit: {
            collection_id: string;
            document_id: string;
            /** @description Byte after the last one. */
            end: number;
            heading: string | null;
            label: string;
            /** Format: int64 */
            page: number | null;
            /** @description Verbatim; the cells of a row are separated by tabs. */
            quote: string;
            /**
             * Format: float
             * @description 1 for the best of this search.
             */
            score: number;
            /** @description First byte of the quote in the canonical text. */
            start: number;
            title: string;
            /** Format: int64 */
            version: number;
        };
        ImportFault: {
            code: string;
            detail: string;
            field: string;
            /** Format: int64 */
            line: number;
        };
        ImportOutcome: {
            created: number;
            faults: components["schemas"]["ImportFault"][];
            users: components["schemas"]["ImportedUser"][];
        };
        ImportedUser: {
            temporary_password: string;
            user_name: string;
        };
        Institution: {
            id: string;
            key: string;
            name: string;
        };
        InstitutionWithPack: {
            id: string;
            key: string;
            label_pack: string;
            name: string;
        };
        Job: {
            /** Format: int64 */
            attempts: number;
            /** Format: int64 */
            created_at_ms: number;
            error: null | components["schemas"]["JobError"];
            id: string;
            kind: string;
            progress: components["schemas"]["Progress"];
            /** @enum {string} */
            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /** @description `collection_id`, `document_id`. */
            subject: {
                [key: string]: string;
            };
            /** Format: int64 */
            updated_at_ms: number;
        };
        JobError: {
            code: string;
            detail: string;
        };
        JobPage: {
            items: components["schemas"]["Job"][];
            next_cursor: string | null;
        };
        Key: {
            /** Format: int64 */
            created_at_ms: number;
            /** Format: int64 */
            expires_at_ms: number;
            id: string;
            /** Format: int64 */
            last_used_at_ms: number | null;
            name: string;
            /** @description How the secret starts. */
            prefix: string;
            /** Format: int64 */
            revoked_at_ms: number | null;
            scopes: ("models" | "knowledge" | "documents" | "ledger")[];
            user_id: string;
            user_name: string;
        };
        KeyPage: {
            items: components["schemas"]["Key"][];
            /** @description Where the next page starts; `null` on the last. */
            next_cursor: string | null;
        };
        /** @description The names of an institution's labels. */
        LabelPack: {
            /** @description Compartments, in the order in which screens list them. */
            compartments: components["schemas"]["Compartment"][];
            /**
             * Format: int32
             * @description The rank of text that says nothing of its label.
             */
            default_rank: number;
            /** @description Since when its source applies, `YYYY-MM-DD`. */
            effective_date: string;
            /** @description Its id: `municipality`, `ministry`. */
            id: string;
            /** @description The name of the whole. */
            name: components["schemas"]["Named"];
            /** @description Ranks from 1 upwards, without a gap. */
            ranks: components["schemas"]["Rank"][];
            /** @description Where it comes from. */
            source: string;
            /** @description How far it has been compared with its source. */
            status: components["schemas"]["PackStatus"];
            /** @description Its version. */
            version: string;
        };
        /**
         * @description A language that it can be trusted with.
         * @enum {string}
         */
        Language: "ja" | "en";
        /**
         * @description How long the requests to chat models took that were answered in full, from the first call of the
         *     request on, in milliseconds. By the nearest rank.
         */
        Latency: {
            /**
             * Format: int64
             * @description Half of the answers had begun by then.
             */
            first_p50_ms: number | null;
            /**
             * Format: int64
             * @description 95 of 100 had.
             */
            first_p95_ms: number | null;
            /**
             * Format: int64
             * @description Half of the answers were whole by then.
             */
            whole_p50_ms: number | null;
            /**
             * Format: int64
             * @description 95 of 100 were.
             */
            whole_p95_ms: number | null;
        };
        /**
         * @description What is depended on for which work.
         * @enum {string}
         */
        Layer: "model" | "embedding" | "hosting" | "tool";
        /** @description One layer. */
        LayerShares: {
            /** @description What it is made of, one way after another; empty where nothing is counted yet. */
            dimensions: components["schemas"]["Dimension"][];
            /** @description Which. */
            layer: components["schemas"]["Layer"];
            /** @description All of it. */
            total: components["schemas"]["Amounts"];
        };
        /** @description One endpoint behind a route. */
        Leg: {
            /** @description The endpoint. */
            endpoint_id: string;
            /**
             * Format: int32
             * @description When it is tried: 0 first; a higher tier only when every lower one failed or does not apply.
             */
            tier?: number;
            /**
             * Format: int32
             * @description Its share inside its tier, 1 to 1,000; twice the weight is tried first twice as often.
             */
            weight?: number;
            /** @description When it applies. */
            when?: components["schemas"]["Conditions"];
        };
        /** @description What is wrong with a line of a file. */
        LineFault: {
            /** @description A stable word. */
            code: string;
            /**
             * Format: int64
             * @description The line, from 1.
             */
            line: number | null;
            /** @description What is wrong and what to do. */
            message: string;
            /** @description The field at fault. */
            param: string | null;
        };
        /** @description What is wrong with a file. */
        LineFaults: {
            /** @description The faults. */
            data: components["schemas"]["LineFault"][];
            /** @description `list`. */
            object: string;
        };
        /** @description A number for each measure; none where there is nothing to measure. */
        Measured: {
            /**
             * Format: int32
             * @description By calls.
             */
            calls: number | null;
            /**
             * Format: int32
             * @description By cost.
             */
            cost: number | null;
            /**
             * Format: int32
             * @description By tokens.
             */
            tokens: number | null;
        };
        /** @description A question or an answer. */
        Message: {
            /** @description The act that proves it: of the asking, or of the answer. */
            act_id: string;
            /** @description What the text stands on. */
            citations: components["schemas"]["MessageCitation"][];
            /**
             * Format: int64
             * @description When it was begun.
             */
            created_at_ms: number;
            /** @description The endpoint that wrote it; none for quotations. */
            endpoint_name: string | null;
            error: null | components["schemas"]["MessageFault"];
            /** @description Its id. */
            id: string;
            /** @description The label of what it says. */
            label: string;
            mode: null | components["schemas"]["AnswerMode"];
            /** @description Who speaks. */
            role: "user" | "assistant";
            /** @description How it ended. */
            state: components["schemas"]["MessageState"];
            /** @description The text, plain. */
            text: string;
        };
        /** @description The place in a document that a sentence stands on. */
        MessageCitation: {
            /** @description The collection that it was found in. */
            collection_id: string;
            /** @description The document. */
            document_id: string;
            /** @description Since when the document applies, `YYYY-MM-DD`. */
            effective_date: string | null;
            /**
             * Format: int64
             * @description Where it ends, in bytes.
             */
            end: number;
            /** @description The heading above. */
            heading: string | null;
            /** @description The document's label. */
            label: string;
            /**
             * Format: int32
             * @description The number that the text refers to, as in `[1]`.
             */
            number: number;
            /**
             * Format: int32
             * @description The page, where the format has pages.
             */
            page: number | null;
            /** @description The passage, word for word. */
            quote: string;
            /**
             * Format: int64
             * @description Where it starts in the document's text, in bytes.
             */
            start: number;
            /** @description Its title. */
            title: string;
            /**
             * Format: int64
             * @description Its version.
             */
            version: number;
        };
        /** @description Why an answer failed. */
        MessageFault: {
            /** @description The stable code. */
            code: string;
            /** @description What happened, in English; screens translate by code. */
            detail: string;
        };
        /**
         * @description How a message ended.
         * @enum {string}
         */
        MessageState: "complete" | "stopped" | "failed";
        /** @description A model as OpenAI and Anthropic list it. */
        Model: {
            /** @description What it can do, or some endpoint behind the route can; Kaname's own, which clients pass over. */
            capabilities: components["schemas"]["Capability"][];
            /**
             * Format: int64
             * @description Since when it is here, in seconds since the epoch.
             */
            created: number;
            /** @description Since when it is here, as a date and time in UTC. */
            created_at: string;
            /** @description What people call it. */
            display_name: string;
            /** @description The name that callers write. */
            id: string;
            /** @description `model`, for OpenAI's clients. */
            object: string;
            /** @description Who made it. */
            owned_by: string;
            /** @description `model`, for Anthropic's. */
            type: string;
        };
        /** @description The models that a caller may name. */
        ModelList: {
            /** @description The models. */
            data: components["schemas"]["Model"][];
            /** @description The first of them. */
            first_id: string | null;
            /** @description Never: all are here. */
            has_more: boolean;
            /** @description The last of them. */
            last_id: string | null;
            /** @description `list`. */
            object: string;
        };
        /** @description A name in both languages. */
        Named: {
            /** @description English. */
            en: string;
            /** @description Japanese. */
            ja: string;
        };
        /** @description An endpoint by its name. */
        NamedEndpoint: {
            /** @description Its id. */
            id: string;
            /** @description What administrators call it. */
            name: string;
        };
        NamingChange: {
            key?: string | null;
            name?: string | null;
        };
        /** @description A batch as it is asked for. */
        NewBatch: {
            /** @description `24h`. */
            completion_window: string;
            /** @description `/v1/chat/completions`, `/v1/responses`, `/v1/embeddings` or `/v1/rerank`. */
            endpoint: string;
            /** @description The file of its calls. */
            input_file_id: string;
            /** @description Up to 16 notes of its maker. */
            metadata?: {
                [key: string]: string;
            } | null;
        };
        /** @description A new block. */
        NewBlock: components["schemas"]["Blocked"] & {
            /**
             * Format: int32
             * @description For how many minutes, 1 to 10,080.
             */
            minutes: number;
            /** @description Why: an incident, an exercise. */
            reason: string;
        };
        /** @description A new budget or rate. */
        NewBudget: {
            /** @description Whom to ask for more. */
            contact?: string;
            /** @description Whether it is in force; true when absent. */
            enabled?: boolean | null;
            /**
             * Format: int64
             * @description How much, in whole yen, tokens or requests.
             */
            limit: number;
            /** @enum {string} */
            period: "at_once" | "minute" | "day" | "month" | "fiscal_year";
            /** @description The id; may be left out for the institution. Free for an app or a system. */
            subject_id?: string | null;
            /** @enum {string} */
            subject_kind: "institution" | "department" | "team" | "person" | "key" | "app" | "system";
            /** @enum {string} */
            unit: "yen" | "tokens" | "requests";
        };
        NewCollection: {
            description?: string;
            editors?: components["schemas"]["Editors"];
            /** @description The short name for programs; without it, one is made. */
            key?: string | null;
            label: string;
            name: string;
            readers: components["schemas"]["Readers"];
        };
        NewConversation: {
            /** @description Where answers are looked for; empty or absent means everywhere the person may read. */
            collection_ids?: string[];
        };
        /** @description A new drill. */
        NewDrill: components["schemas"]["NewBlock"] & {
            /**
             * @description What is asked before it and again in it, 20 questions at most. The block and its time begin
             *     when every question has been asked once.
             */
            checks?: components["schemas"]["CheckQuestion"][];
        };
        /** @description A new endpoint. */
        NewEndpoint: {
            /** @description Its API key, kept sealed and never shown. */
            api_key?: string | null;
            /** @description Where it is, often ending in `/v1`. */
            base_url?: string | null;
            /**
             * Format: int32
             * @description How long an answer is kept for whoever asked, to the same question; 0 for not at all.
             */
            cache_seconds?: number;
            /** @description What it can do. */
            capabilities: components["schemas"]["Capability"][];
            /** @description The highest label that it may handle. */
            clearance: string;
            /**
             * Format: int32
             * @description Most calls at once.
             */
            concurrent_max?: number | null;
            /**
             * Format: int32
             * @description The longest context in tokens.
             */
            context_tokens?: number | null;
            /** @description The dialects that it speaks; by its kind, if none is given. */
            dialects?: components["schemas"]["Speaks"][];
            /** @description The country where it runs. */
            hosting_country?: string;
            /** @description `openai_compatible`; the embedded ones are made by the program. */
            kind: components["schemas"]["EndpointKind"];
            /** @description The languages that it can be trusted with. */
            languages: components["schemas"]["Language"][];
            /** @description The licence of the model, as an SPDX identifier or in words. */
            licence?: string;
            /** @description The model's name there. */
            model: string;
            /** @description What administrators call it. */
            name: string;
            /** @description Whether the weights are open. */
            open_weights?: boolean;
            /** @description The country of who runs it. */
            operator_country?: string;
            price?: null | components["schemas"]["Price"];
            /** @description The name that callers write. */
            public_name: string;
            /** @description The region of the service; Bedrock needs one. */
            region?: string;
            /** @description Who made the model. */
            vendor?: string;
        };
        /** @description What a file is sent as. */
        NewFileForm: {
            /**
             * Format: binary
             * @description One call as a JSON object in every line.
             */
            file: string;
            /** @description `batch`. */
            purpose: string;
        };
        NewKeyBody: {
            /**
             * Format: int64
             * @description From 1 to 366.
             */
            expires_in_days: number;
            name: string;
            scopes: ("models" | "knowledge" | "documents" | "ledger")[];
        };
        NewMessage: {
            /** @description Where to look, from now on in this conversation. */
            collection_ids?: string[] | null;
            /** @description The question, up to 8,000 characters. */
            text: string;
        };
        NewNaming: {
            key: string;
            name: string;
        };
        /** @description A new route. */
        NewRoute: {
            /** @description What every endpoint behind it must keep to. */
            bounds?: components["schemas"]["Bounds"];
            /** @description The endpoints behind it. */
            legs: components["schemas"]["Leg"][];
            /** @description What people call it. */
            name: string;
            /** @description The name that callers write. */
            public_name: string;
            /** @description Whether the institution's own workspace goes by it. It takes that from the route that did. */
            serves_workspace?: boolean;
        };
        NewUserBody: {
            clearance: string;
            department_id?: string | null;
            display_name: string;
            password?: null | components["schemas"]["Password"];
            roles: ("staff" | "section_head" | "ai_officer" | "administrator" | "auditor")[];
            user_name: string;
        };
        /** @description A price that can be taken over. */
        Offer: {
            /** @description As the table has it. */
            entry: components["schemas"]["PriceEntry"];
            price: null | components["schemas"]["Price"];
        };
        /** @description The table of prices. */
        Offers: {
            /** @description The day of the table. */
            as_of: string;
            items: components["schemas"]["Offer"][];
            /** @description There is never a further page. */
            next_cursor: string | null;
            /** @description The name of the key that signed it; absent for the table that ships. */
            signed_by: string | null;
        };
        /**
         * @description How far a pack has been compared with its source.
         * @enum {string}
         */
        PackStatus: "verified" | "unverified";
        /**
         * Format: password
         * @description A password in its normal form (NFKC), never printed by `Debug`.
         */
        Password: string;
        PasswordBody: {
            current_password: components["schemas"]["Password"];
            new_password: components["schemas"]["Password"];
        };
        /** @description What an endpoint costs, in millionths of a yen for a million tokens unless said otherwise. */
        Price: {
            /** @description The day from which it holds, as `2026-04-01`. */
            as_of: string;
            /**
             * Format: int64
             * @description Tokens in that the endpoint had kept; the price of `input` if absent.
             */
            cached_input?: number | null;
            /**
             * Format: int64
             * @description Tokens in.
             */
            input: number;
            /**
             * Format: int64
             * @description Tokens out.
             */
            output: number;
            /**
             * Format: int64
             * @description Millionths of a yen for one request, whatever its size.
             */
            request?: number;
            /** @description Where it is written. */
            source?: string;
        };
        /** @description The price of one model. */
        PriceEntry: {
            /** @description The day from which it holds, as `2026-04-01`. */
            as_of: string;
            /** @description Tokens in that the vendor had kept. */
            cached_input: string | null;
            /** @description The currency of the source, as `JPY` or `USD`. */
            currency: string;
            /** @description Tokens in: a decimal with at most six digits after the point. */
            input: string;
            /** @description The model's name at the vendor. */
            model: string;
            /** @description Tokens out. */
            output: string;
            /** @description Where it is written. */
            source: string;
            /** @description Whether somebody compared it with the source. */
            status: components["schemas"]["PriceStatus"];
            /** @description What the amounts are for. */
            unit: components["schemas"]["PriceUnit"];
            /** @description Who sells it. */
            vendor: string;
        };
        /**
         * @description Whether somebody compared a price with its source.
         * @enum {string}
         */
        PriceStatus: "unverified" | "verified";
        /**
         * @description What one price is for.
         * @enum {string}
         */
        PriceUnit: "million_tokens";
        Probe: {
            /** @description Its API key; used once and not kept. */
            api_key?: string | null;
            /** @description Where it is, often ending in `/v1`. */
            base_url: string;
        };
        /** @description What a probe found. */
        ProbeResult: {
            error: null | components["schemas"]["TestError"];
            /**
             * Format: int64
             * @description How long it took.
             */
            latency_ms: number | null;
            /** @description The models that it offers. */
            models: string[];
            /** @description Whether it answered. */
            ok: boolean;
        };
        /** @description The body of every error answer. */
        Problem: {
            /** @description The stable, dotted code. */
            code: string;
            /** @description What happened, in English; screens translate by code. */
            detail: string;
            /** @description The field of the request that is at fault. */
            field?: string;
            /** @description What to do. */
            fix?: string;
            /**
             * Format: int64
             * @description When trying again makes sense.
             */
            retry_at_ms?: number;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description What kind of problem it is, in English; the same for every problem of this code. */
            title: string;
            /** @description `/errors/<code>`: the page that explains it. */
            type: string;
        };
        Progress: {
            /** Format: int64 */
            done: number;
            note: string | null;
            /** Format: int64 */
            total: number | null;
        };
        /**
         * @description Why the call is made. Each purpose says what the caller must be allowed.
         * @enum {string}
         */
        Purpose: "direct_call" | "ask" | "search" | "conversation" | "index" | "endpoint_test" | "health_check";
        /** @description One rank of a pack. */
        Rank: {
            /** @description What falls under it, in one sentence. */
            description: components["schemas"]["Named"];
            /** @description The source's own short key, as in `3C`. */
            key: string;
            /** @description The full name. */
            name: components["schemas"]["Named"];
            /**
             * Format: int32
             * @description Its place: 1 is the least sensitive.
             */
            rank: number;
            /** @description The name where space is short. */
            short: components["schemas"]["Named"];
        };
        /** @description Who may read. */
        Readers: {
            /** @description Otherwise these departments. */
            department_ids: string[];
            /** @description Everyone of the institution, as far as the clearance goes. */
            everyone: boolean;
        };
        /** @description A receipt file, as `docs/ledger/format.md` describes it. */
        ReceiptBody: {
            checkpoint: string;
            disclosed: components["schemas"]["DisclosureBody"][];
            /** @description Canonical bytes of the entry, base64. */
            entry: string;
            /** Format: int64 */
            leaf_index: number;
            /** @description Hashes in base64, leaf side first. */
            proof: string[];
            schema: string;
        };
        RefusedFile: {
            code: string;
            detail: string;
            file_name: string;
            fix: string | null;
        };
        /** @description What was seen during a drill, beside as long a time just before it. */
        Report: {
            /** @description What was seen before it. */
            before: components["schemas"]["Figures"];
            checks: null | components["schemas"]["Checks"];
            /** @description What was seen during the drill. */
            during: components["schemas"]["Figures"];
            /**
             * Format: int64
             * @description From this moment on. The time before is as long and ends here.
             */
            from_ms: number;
            /** @description Whether the drill has ended; else these are figures of a drill under way. */
            is_final: boolean;
            /**
             * @description What the figures do not tell: `answer_quality`, or `unchecked_quality` where there are check
             *     questions; `length_stops`, `quoted_instead`.
             */
            not_measured: string[];
            /**
             * Format: int64
             * @description Until just before this one; the same one where nothing was out of service yet.
             */
            to_ms: number;
            /** @description Ways on which requests were left without an answer, the most first, 50 at most. */
            without_answer: components["schemas"]["WithoutAnswer"][];
        };
        /** @description A named way to one or more endpoints. */
        Route: {
            /** @description What every endpoint behind it must keep to. */
            bounds: components["schemas"]["Bounds"];
            /**
             * Format: int64
             * @description Since when it is here.
             */
            created_at_ms: number;
            /** @description Whether it is switched on. */
            enabled: boolean;
            /** @description Its id. */
            id: string;
            /** @description The endpoints behind it. */
            legs: components["schemas"]["Leg"][];
            /** @description What people call it. */
            name: string;
            /** @description The name that callers write, `kaname/standard` say. */
            public_name: string;
            /** @description Whether the institution's own workspace goes by it: one route at most does. */
            serves_workspace: boolean;
        };
        /** @description A change of a route; what is absent stays. */
        RouteChange: {
            bounds?: null | components["schemas"]["Bounds"];
            /** @description Whether it is switched on. */
            enabled?: boolean | null;
            /** @description The endpoints behind it, all of them. */
            legs?: components["schemas"]["Leg"][] | null;
            /** @description What people call it. */
            name?: string | null;
            /** @description The name that callers write. */
            public_name?: string | null;
            /**
             * @description Whether the institution's own workspace goes by it. It takes that from the route that did; a
             *     route that is switched off takes nothing.
             */
            serves_workspace?: boolean | null;
        };
        /** @description A page of routes. */
        RoutePage: {
            items: components["schemas"]["Route"][];
            /** @description Where the next page begins, if there is one. */
            next_cursor: string | null;
        };
        SearchAnswer: {
            act_id: string;
            items: components["schemas"]["Hit"][];
        };
        SearchBody: {
            /** @description Where to look; everywhere the caller may read when absent or empty. */
            collection_ids?: string[] | null;
            /** @description 1 to 50; 10 when absent. */
            limit?: number | null;
            query: string;
        };
        Session: {
            /** @description To be sent as `x-kaname-csrf` with every request that changes something. */
            csrf_token: string;
            /** Format: int64 */
            expires_at_ms: number;
            institution: components["schemas"]["InstitutionWithPack"];
            must_change_password: boolean;
            user: components["schemas"]["User"];
        };
        SetUpBody: {
            display_name: string;
            /** @description Names the institution in addresses; `main` when absent. */
            institution_key?: string | null;
            institution_name: string;
            /** @description `municipality` or `ministry`. */
            label_pack: string;
            password: components["schemas"]["Password"];
            /** @description From the set-up link. */
            token: string;
            user_name: string;
        };
        /** @description Shares over a span of time. */
        Shares: {
            /** @description Layer by layer. */
            layers: components["schemas"]["LayerShares"][];
            /**
             * Format: int64
             * @description From this moment on.
             */
            since_ms: number;
            /**
             * Format: int64
             * @description Until just before this one.
             */
            until_ms: number;
        };
        /**
         * @description By what calls are put together.
         * @enum {string}
         */
        Shown: "vendor" | "operator_country" | "hosting_country" | "weights";
        SignInBody: {
            /** @description The key of the institution, where the server has several. */
            institution?: string | null;
            password: components["schemas"]["Password"];
            user_name: string;
        };
        /**
         * @description A dialect that an upstream may speak besides the first of its kind.
         * @enum {string}
         */
        Speaks: "chat_completions" | "responses" | "messages";
        Status: {
            institution: null | components["schemas"]["Institution"];
            /** @description Whether anybody has an account. */
            set_up: boolean;
            signed_in: boolean;
            version: string;
        };
        Team: {
            department_id: string;
            id: string;
            key: string;
            name: string;
        };
        TeamPage: {
            items: components["schemas"]["Team"][];
            /** @description Where the next page starts; `null` on the last. */
            next_cursor: string | null;
        };
        TemporaryPassword: {
            /** @description Shown this once. */
            temporary_password: string;
        };
        /** @description What went wrong in a test. */
        TestError: {
            /** @description The stable code. */
            code: string;
            /** @description What happened. */
            detail: string;
            /** @description What to do. */
            fix: string | null;
        };
        /** @description What a test found. */
        TestResult: {
            error: null | components["schemas"]["TestError"];
            /**
             * Format: int64
             * @description How long it took.
             */
            latency_ms: number | null;
            /** @description Whether it answered. */
            ok: boolean;
            /** @description The beginning of what it said. */
            sample: string | null;
        };
        /** @description A block of the canonical text, as it is kept and shown. */
        TextBlock: {
            /** @description Byte after the last one. */
            end: number;
            /** @description The headings above it, joined by ` > `. */
            heading: string | null;
            /** @description `heading`, `paragraph`, `list_item`, `table_header` or `table_row`. */
            kind: string;
            /**
             * Format: int32
             * @description The page, from 1, where the format has pages.
             */
            page: number | null;
            /** @description First byte in the canonical text. */
            start: number;
        };
        /**
         * @description What calls are counted by.
         * @enum {string}
         */
        TrafficBy: "department" | "app" | "model" | "endpoint" | "route" | "vendor" | "purpose" | "outcome";
        /** @description What went wrong or was refused, and how often. */
        TrafficFault: {
            /**
             * Format: int64
             * @description How often.
             */
            calls: number;
            /** @description The stable code; for a refusal its reasons, joined by commas; may be empty. */
            code: string;
            /** @description `failed`, `broken`, `unknown` or `denied`. */
            outcome: string;
        };
        /** @description What calls come to together. Each attempt counts: a request that failed over counts twice. */
        TrafficLine: {
            /**
             * Format: int64
             * @description Calls that nobody waited for any more.
             */
            abandoned: number;
            /**
             * Format: int64
             * @description All calls, those that were refused and those under way included.
             */
            calls: number;
            /**
             * Format: int64
             * @description Whole answers.
             */
            completed: number;
            /**
             * Format: double
             * @description Yen, to six decimals, as far as endpoints have a price.
             */
            cost_yen: number;
            /**
             * Format: int64
             * @description Calls that failed, broke off, or whose outcome nobody knows.
             */
            errors: number;
            /**
             * Format: int64
             * @description Half of the answers began within this many milliseconds; within 3.2 %.
             */
            first_p50_ms: number | null;
            /**
             * Format: int64
             * @description 95 of 100 began within this; within 3.2 %.
             */
            first_p95_ms: number | null;
            /**
             * Format: int64
             * @description Tokens in, as far as the models said.
             */
            input_tokens: number;
            /** @description The id or name that they have in common; empty where there is none, and for the total. */
            key: string;
            /** @description What people call it; empty where it is gone or has no name. */
            name: string;
            /**
             * Format: int64
             * @description Tokens out, as far as the models said.
             */
            output_tokens: number;
            /**
             * Format: int64
             * @description Calls that the guard did not let pass.
             */
            refused: number;
            /**
             * Format: int64
             * @description Half of the calls took at most this many milliseconds; within 3.2 %.
             */
            took_p50_ms: number | null;
            /**
             * Format: int64
             * @description 95 of 100 took at most this long; within 3.2 %.
             */
            took_p95_ms: number | null;
            /**
             * Format: int64
             * @description Calls without an outcome yet.
             */
            under_way: number;
        };
        /** @description What happened in one stretch of time. */
        TrafficPoint: {
            /**
             * Format: int64
             * @description All calls that began in it.
             */
            calls: number;
            /**
             * Format: int64
             * @description Those that went wrong.
             */
            errors: number;
            /**
             * Format: int64
             * @description Those that were refused.
             */
            refused: number;
            /**
             * Format: int64
             * @description When the stretch begins.
             */
            start_ms: number;
        };
        /** @description The calls that began in a time. */
        TrafficReport: {
            /** @description What the groups are. */
            by: components["schemas"]["TrafficBy"];
            /** @description At most 50 kinds of faults, the most frequent first. */
            faults: components["schemas"]["TrafficFault"][];
            /** @description At most 50 groups, those with the most calls first. */
            groups: components["schemas"]["TrafficLine"][];
            /** @description Whether there are more groups. */
            more_groups: boolean;
            /**
             * Format: int64
             * @description How long one point lasts.
             */
            point_ms: number;
            /** @description At most 120 points without gaps. */
            points: components["schemas"]["TrafficPoint"][];
            /** @description Whose calls. */
            scope: components["schemas"]["TrafficScope"];
            /**
             * Format: int64
             * @description From then on.
             */
            since_ms: number;
            /** @description All of them together. */
            total: components["schemas"]["TrafficLine"];
            /** @description What is under way now, whenever it began. */
            under_way: components["schemas"]["CallsUnderWay"];
            /**
             * Format: int64
             * @description Until before then.
             */
            until_ms: number;
        };
        /**
         * @description Whose calls are counted.
         * @enum {string}
         */
        TrafficScope: "institution" | "department";
        Upload: {
            documents: components["schemas"]["Document"][];
            /** @description The job that reads the files; null when none was taken. */
            job_id: string | null;
            refused: components["schemas"]["RefusedFile"][];
        };
        /** @description The form of an upload, for the OpenAPI document: parts are read one by one. */
        UploadForm: {
            /** @description `YYYY-MM-DD`. */
            effective_date?: string;
            /** @description The files. */
            file: string[];
            /** @description The label of all of them, if higher than the collection's. */
            label?: string;
            /** @description The title, for a single file. */
            title?: string;
        };
        User: {
            /** @description Canonical label text. */
            clearance: string;
            /** Format: int64 */
            created_at_ms: number;
            department_id: string | null;
            department_name: string | null;
            disabled: boolean;
            display_name: string;
            id: string;
            /** Format: int64 */
            last_sign_in_at_ms: number | null;
            /** Format: int64 */
            locked_until_ms: number | null;
            must_change_password: boolean;
            roles: ("staff" | "section_head" | "ai_officer" | "administrator" | "auditor")[];
            team_ids: string[];
            user_name: string;
        };
        UserChangeBody: {
            clearance?: string | null;
            department_id?: string | null;
            disabled?: boolean | null;
            display_name?: string | null;
            roles?: string[] | null;
            team_ids?: string[] | null;
        };
        UserPage: {
            items: components["schemas"]["User"][];
            /** @description Where the next page starts; `null` on the last. */
            next_cursor: string | null;
        };
        /** @description What a replay found. */
        VerificationBody: {
            /** Format: int64 */
            checked_entries: number;
            faults: components["schemas"]["FaultBody"][];
            ok: boolean;
            /** Format: int64 */
            pending: number;
            /** @description Base64, recomputed from the entries. */
            root: string;
            /** Format: int64 */
            tree_size: number;
        };
        /** @enum {string} */
        WantedMode: "auto" | "quotation";
        /**
         * @description How a call names what it wants.
         * @enum {string}
         */
        WayKind: "route" | "endpoint" | "own_use";
        /** @description A way on which requests were left without an answer. */
        WithoutAnswer: {
            /** @description The id of the route or endpoint, or the name of the use. */
            id: string;
            /** @description What kind of way. */
            kind: components["schemas"]["WayKind"];
            /** @description The name that callers write, as it was then; empty where it was gone. */
            public_name: string;
            /**
             * Format: int64
             * @description Requests on this way that reached an endpoint, or were denied.
             */
            requests: number;
            /**
             * Format: int64
             * @description Those that got no answer from any.
             */
            unanswered: number;
            /**
             * Format: int64
             * @description Requests that nothing in service was left to answer.
             */
            unserved: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_acts: {
        parameters: {
            query?: {
                /** @description Beginning of the kind: `gateway.` or `gateway.attempted`. */
                kind?: string;
                /** @description Not before this moment. */
                since_ms?: number;
                /** @description Before this moment. */
                until_ms?: number;
                /** @description Only acts of this person. */
                user_id?: string;
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description Items on the page, 1 to 200; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActPage"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_act: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Act */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActChain"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_receipt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Act */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A receipt, kaname.receipt/1 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReceiptBody"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ask: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AskBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answer"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_budgets: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description Items on the page, 1 to 200; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetList"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_budget: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBudget"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_budget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_budget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BudgetChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_collections: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectionPage"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_collection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCollection"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collection"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_collection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collection"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_collection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_collection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CollectionChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collection"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_documents: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description Items on the page, 1 to 200; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentPage"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["UploadForm"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_exits: {
        parameters: {
            query: {
                /** @description `endpoint`, `vendor`, `operator_country` or `hosting_country`. */
                subject: string;
                /** @description The endpoint's id, or the vendor or country as the endpoints state it. */
                value: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Exits"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_shares: {
        parameters: {
            query?: {
                /** @description From this moment on; 30 days before the end, if absent. */
                since_ms?: number;
                /** @description Until just before this one; now, if absent. */
                until_ms?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Shares"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_conversations: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description Items on the page, 1 to 200; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationPage"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_conversation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewConversation"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_conversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationWithMessages"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_conversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_conversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConversationChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ask_question: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMessage"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["AnswerEvent"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stop_answer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                message_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_departments: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description Items on the page, 1 to 200; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DepartmentPage"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_department: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewNaming"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Department"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_department: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_department: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NamingChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Department"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_teams: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description Items on the page, 1 to 200; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamPage"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewNaming"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_document: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Document"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_document: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_document: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DocumentChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Document"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_original: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": number[];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_text: {
        parameters: {
            query?: {
                /** @description The byte of the canonical text to show. */
                around?: number;
                /** @description The version; that of today's citations when absent. */
                version?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentText"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_drills: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description Items on the page, 1 to 200; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrillPage"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_drill: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDrill"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Drill"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_drill: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Drill"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_drill: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Drill"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_endpoint_blocks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockPage"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    block_endpoints: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBlock"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Block"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unblock_endpoints: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_endpoints: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description Items on the page, 1 to 200; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointPage"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewEndpoint"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    probe_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Probe"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbeResult"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestResult"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthBody"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description Items on the page, 1 to 200; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPage"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_keys: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description Items on the page, 1 to 200; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyPage"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKeyBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedKey"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_label_pack: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LabelPack"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_consistency: {
        parameters: {
            query: {
                /** @description The older size, at least 1. */
                from: number;
                /** @description The newer size. */
                to: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsistencyBody"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_head: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeadBody"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_verify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationBody"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_own_budgets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetList"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordBody"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_prices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Offers"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_routes: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description Items on the page, 1 to 200; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoutePage"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_route: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRoute"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Route"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_route: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Route"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_route: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_route: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RouteChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Route"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SearchBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchAnswer"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong passwords; see `retry_at_ms` */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_out_everywhere: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_up: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetUpBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description The token is wrong, used or too old */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NamingChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_traffic: {
        parameters: {
            query?: {
                /** @description From then on; an hour before `until_ms` when absent. At most 400 days before it. */
                since_ms?: number;
                /** @description Until before then; now when absent. */
                until_ms?: number;
                /** @description What calls are counted by; `endpoint` when absent. */
                by?: components["schemas"]["TrafficBy"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrafficReport"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_users: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description Items on the page, 1 to 200; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_user: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUserBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedUser"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    import_users: {
        parameters: {
            query?: {
                /** @description Only check the file. */
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportOutcome"];
                };
            };
            /** @description Not CSV in UTF-8, or too many rows */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserChangeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The last administrator stays */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reset_password: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemporaryPassword"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_checkpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The institution's key */
                institution_key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_vkey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The institution's key */
                institution_key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_batches: {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchList"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    create_batch: {
        parameters: {
            query?: never;
            header?: {
                /** @description Label of the calls; the file's raises it */
                "x-kaname-label"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    find_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    cancel_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    chat_completions: {
        parameters: {
            query?: never;
            header?: {
                /** @description Label of the text; only raises */
                "x-kaname-label"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description OpenAI's chat completion, or its chunks as server-sent events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    create_embeddings: {
        parameters: {
            query?: never;
            header?: {
                /** @description Label of the text; only raises */
                "x-kaname-label"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description OpenAI's list of embeddings */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_files: {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
                purpose?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileList"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    create_file: {
        parameters: {
            query?: never;
            header?: {
                /** @description Label of the file; only raises */
                "x-kaname-label"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["NewFileForm"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    find_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    delete_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDeleted"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    read_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description JSON Lines */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": string;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    create_message: {
        parameters: {
            query?: never;
            header?: {
                /** @description Label of the text; only raises */
                "x-kaname-label"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Anthropic's message, or its events as server-sent events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    count_tokens: {
        parameters: {
            query?: never;
            header?: {
                /** @description Label of the text; only raises */
                "x-kaname-label"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Anthropic's count: `input_tokens` */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_models: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelList"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    find_model: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Model"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    rerank: {
        parameters: {
            query?: never;
            header?: {
                /** @description Label of the text; only raises */
                "x-kaname-label"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The documents' places with their scores, best first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    create_response: {
        parameters: {
            query?: never;
            header?: {
                /** @description Label of the text; only raises */
                "x-kaname-label"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description OpenAI's response, or its events as server-sent events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description Refused or failed; the code says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
}
