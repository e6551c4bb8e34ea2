/**
 * Shapes of the HTTP contract, as the pages use them.
 *
 * Times are milliseconds since 1970 in UTC; labels are canonical text such as `3+personal`;
 * `start` and `end` of a quotation count UTF-8 bytes of the document's canonical text.
 */
export interface List<T> {
	items: T[];
	next_cursor: string | null;
}

export interface Institution {
	id: string;
	key: string;
	name: string;
}

export interface Status {
	version: string;
	set_up: boolean;
	institution: Institution | null;
	signed_in: boolean;
}

export type Role = 'staff' | 'section_head' | 'ai_officer' | 'administrator' | 'auditor';

export interface User {
	id: string;
	user_name: string;
	display_name: string;
	roles: Role[];
	department_id: string | null;
	department_name: string | null;
	team_ids: string[];
	clearance: string;
	disabled: boolean;
	locked_until_ms: number | null;
	must_change_password: boolean;
	created_at_ms: number;
	last_sign_in_at_ms: number | null;
}

export interface Session {
	user: User;
	institution: Institution & { label_pack: string };
	csrf_token: string;
	expires_at_ms: number;
	must_change_password: boolean;
}

export interface NewUser {
	user_name: string;
	display_name: string;
	roles: Role[];
	department_id?: string | null;
	clearance: string;
}

export interface ImportOutcome {
	created: number;
	faults: { line: number; field: string; code: string; detail: string }[];
	users: { user_name: string; temporary_password: string }[];
}

export interface Department {
	id: string;
	key: string;
	name: string;
}

export interface Team {
	id: string;
	key: string;
	name: string;
}

export type Scope = 'models' | 'knowledge' | 'documents' | 'ledger';

export interface Key {
	id: string;
	name: string;
	user_id: string;
	user_name: string;
	prefix: string;
	scopes: Scope[];
	created_at_ms: number;
	expires_at_ms: number;
	last_used_at_ms: number | null;
	revoked_at_ms: number | null;
}

export interface Words {
	ja: string;
	en: string;
}

export interface LabelPack {
	id: string;
	version: string;
	source: string;
	status: string;
	name: Words;
	ranks: { rank: number; key: string; name: Words; short: Words; description: Words }[];
	compartments: { key: string; name: Words }[];
}

export type EndpointKind = 'embedded_generation' | 'embedded_embedding' | 'openai_compatible';

export interface NewEndpoint {
	name: string;
	kind: EndpointKind;
	base_url?: string | null;
	api_key?: string;
	model: string;
	public_name: string;
	capabilities: string[];
	languages: string[];
	clearance: string;
	vendor?: string;
	operator_country?: string;
	hosting_country?: string;
	open_weights?: boolean;
}

export interface Endpoint extends Required<Omit<NewEndpoint, 'api_key'>> {
	id: string;
	has_api_key: boolean;
	enabled: boolean;
	created_at_ms: number;
	health: {
		state: 'ok' | 'failing' | 'unknown';
		checked_at_ms: number | null;
		detail: string | null;
	};
}

export interface Fault {
	code: string;
	detail: string;
	fix?: string | null;
}

export interface Probe {
	ok: boolean;
	models: string[];
	latency_ms: number | null;
	error: Fault | null;
}

export interface EndpointTest {
	ok: boolean;
	latency_ms: number | null;
	sample: string | null;
	error: Fault | null;
}

export interface NewCollection {
	name: string;
	description: string;
	label: string;
	readers: { everyone: boolean; department_ids: string[] };
	editors: { department_ids: string[] };
}

export interface Collection extends NewCollection {
	id: string;
	key: string;
	document_count: number;
	chunk_count: number;
	updated_at_ms: number;
	may_edit: boolean;
}

export interface Document {
	id: string;
	collection_id: string;
	title: string;
	file_name: string;
	format: string;
	size_bytes: number;
	version: number;
	effective_date: string | null;
	label: string;
	state: 'queued' | 'indexing' | 'ready' | 'failed';
	error: Fault | null;
	warnings: string[];
	page_count: number | null;
	chunk_count: number;
	created_at_ms: number;
	updated_at_ms: number;
}

export interface Refusal {
	file_name: string;
	code: string;
	detail: string;
	fix?: string | null;
}

export interface UploadAccepted {
	job_id: string;
	documents: Document[];
	refused: Refusal[];
}

export interface Block {
	kind: string;
	start: number;
	end: number;
	page: number | null;
	heading: string | null;
}

export interface DocumentText {
	document: Document;
	collection_name: string;
	text_start: number;
	text: string;
	blocks: Block[];
}

export interface Job {
	id: string;
	kind: string;
	state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
	progress: { done: number; total: number | null; note: string | null };
	attempts: number;
	error: Fault | null;
	created_at_ms: number;
	updated_at_ms: number;
	subject: { collection_id?: string; document_id?: string };
}

export type AnswerMode = 'quotation' | 'written' | 'not_found';

export interface Citation {
	number: number;
	document_id: string;
	title: string;
	version: number;
	page: number | null;
	heading: string | null;
	quote: string;
	start: number;
	end: number;
	label: string;
	collection_id: string;
	effective_date: string | null;
}

export interface Conversation {
	id: string;
	title: string;
	label: string;
	collection_ids: string[];
	created_at_ms: number;
	updated_at_ms: number;
	message_count: number;
}

export interface Message {
	id: string;
	role: 'user' | 'assistant';
	text: string;
	mode: AnswerMode | null;
	citations: Citation[];
	label: string;
	state: 'complete' | 'stopped' | 'failed';
	error: Fault | null;
	act_id: string | null;
	endpoint_name: string | null;
	created_at_ms: number;
}

export interface Act {
	id: string;
	kind: string;
	at_ms: number;
	actor: { user_id: string | null; display_name: string; via: 'session' | 'key' | 'console' | 'system' };
	label: string | null;
	refs: Record<string, string>;
	state: 'pending' | 'in_ledger';
	leaf_index: number | null;
	summary_key: string;
	details: { field: string; value: unknown }[];
}

export interface LedgerHead {
	origin: string;
	tree_size: number;
	root: string;
	checkpoint: string;
	vkey: string;
	signed_at_ms: number;
	pending: number;
}

export interface LedgerVerification {
	ok: boolean;
	tree_size: number;
	checked_entries: number;
	faults: { code: string; detail: string }[];
}

export interface Health {
	checks: {
		name: string;
		state: 'ok' | 'warning' | 'failing';
		code: string;
		values: Record<string, string>;
		detail: string;
		fix: string | null;
	}[];
	version: string;
	uptime_s: number;
	data_dir: string;
	database: string;
}
