/**
 * An OpenAPI document in the shape that the reference page shows.
 *
 * Reads only what it shows, and tolerates whatever else the document holds.
 */
export interface Operation {
	id: string;
	method: string;
	path: string;
	summary: string;
	description: string;
	parameters: { name: string; place: string; required: boolean; type: string; description: string }[];
	/** The body's schema, by content type. */
	body: { contentType: string; schema: SchemaText }[];
	responses: { status: string; description: string; schema: SchemaText | null }[];
}

/** A schema as words: its type, and the members if it is an object. */
export interface SchemaText {
	type: string;
	members: { name: string; type: string; required: boolean; description: string }[];
}

type Json = Record<string, unknown>;

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const array = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** All operations, grouped by their first tag. */
export function operationsByTag(document: unknown): [string, Operation[]][] {
	const groups = new Map<string, Operation[]>();
	for (const [path, item] of Object.entries(object(object(document).paths))) {
		for (const method of methods.filter((name) => name in object(item))) {
			const raw = object(object(item)[method]);
			const tag = text(array(raw.tags)[0]) || 'other';
			groups.set(tag, [...(groups.get(tag) ?? []), operationOf(document, path, method, raw)]);
		}
	}
	return [...groups].sort(([a], [b]) => a.localeCompare(b));
}

function operationOf(document: unknown, path: string, method: string, raw: Json): Operation {
	return {
		id: text(raw.operationId) || `${method}-${path}`.replace(/[^a-z0-9]+/gi, '-'),
		method: method.toUpperCase(),
		path,
		summary: text(raw.summary),
		description: text(raw.description),
		parameters: array(raw.parameters).map((entry) => parameterOf(document, object(entry))),
		body: contentOf(document, resolve(document, raw.requestBody)),
		responses: Object.entries(object(raw.responses)).map(([status, entry]) => {
			const response = resolve(document, entry);
			return {
				status,
				description: text(response.description),
				schema: contentOf(document, response)[0]?.schema ?? null
			};
		})
	};
}

function parameterOf(document: unknown, raw: Json): Operation['parameters'][number] {
	const entry = resolve(document, raw);
	return {
		name: text(entry.name),
		place: text(entry.in),
		required: entry.required === true,
		type: typeName(entry.schema),
		description: text(entry.description)
	};
}

function contentOf(document: unknown, holder: Json): Operation['body'] {
	return Object.entries(object(holder.content)).map(([contentType, media]) => ({
		contentType,
		schema: schemaText(document, object(media).schema)
	}));
}

function schemaText(document: unknown, schema: unknown): SchemaText {
	const whole = resolve(document, schema);
	const parts = [whole, ...array(whole.allOf).map((part) => resolve(document, part))];
	const required = parts.flatMap((part) => array(part.required));
	const members = parts.flatMap((part) =>
		Object.entries(object(part.properties)).map(([name, member]) => ({
			name,
			type: typeName(member),
			required: required.includes(name),
			description: text(object(member).description)
		}))
	);
	return { type: typeName(schema), members };
}

/** The name of a schema's type, as short as it can be said. */
export function typeName(schema: unknown): string {
	const raw = object(schema);
	const reference = text(raw.$ref);
	if (reference !== '') return reference.split('/').at(-1) ?? '';
	const choices = [...array(raw.oneOf), ...array(raw.anyOf)];
	if (choices.length > 0) return choices.map(typeName).join(' | ');
	if (array(raw.enum).length > 0)
		return array(raw.enum)
			.map((value) => JSON.stringify(value))
			.join(' | ');
	const names = Array.isArray(raw.type) ? raw.type.map(String) : [text(raw.type) || 'object'];
	return names
		.map((name) => (name === 'array' ? `${typeName(raw.items)}[]` : withFormat(name, text(raw.format))))
		.join(' | ');
}

const withFormat = (name: string, format: string) => (format === '' ? name : `${name} (${format})`);

function resolve(document: unknown, value: unknown): Json {
	const reference = text(object(value).$ref);
	if (!reference.startsWith('#/')) return object(value);
	return object(
		reference
			.slice(2)
			.split('/')
			.reduce<unknown>((at, key) => object(at)[key.replaceAll('~1', '/')], document)
	);
}
