/** The reference page's reading of an OpenAPI document. */
import { describe, expect, it } from 'vitest';
import { operationsByTag, typeName, type Operation } from './openapi';

const document = {
	paths: {
		'/things/{id}': {
			get: {
				tags: ['things'],
				operationId: 'get_thing',
				summary: 'One thing',
				parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
				responses: {
					200: {
						description: 'ok',
						content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } }
					}
				}
			},
			parameters: []
		},
		'/a': { post: { requestBody: { content: { 'text/csv': { schema: { type: 'string' } } } }, responses: {} } }
	},
	components: {
		schemas: {
			Thing: {
				required: ['name'],
				properties: {
					name: { type: 'string', description: 'What it is called.' },
					tags: { type: 'array', items: { type: 'string' } }
				}
			}
		}
	}
};

describe('operationsByTag', () => {
	it('groups operations and follows references', () => {
		const [[other, [post]], [things, [get]]] = operationsByTag(document) as [
			[string, [Operation]],
			[string, [Operation]]
		];
		expect([other, things]).toEqual(['other', 'things']);
		expect(post.body).toEqual([{ contentType: 'text/csv', schema: { type: 'string', members: [] } }]);
		expect(get).toMatchObject({ id: 'get_thing', method: 'GET', path: '/things/{id}', summary: 'One thing' });
		expect(get.parameters[0]).toMatchObject({ name: 'id', place: 'path', required: true, type: 'string (uuid)' });
		expect(get.responses[0]?.schema).toEqual({
			type: 'Thing',
			members: [
				{ name: 'name', type: 'string', required: true, description: 'What it is called.' },
				{ name: 'tags', type: 'string[]', required: false, description: '' }
			]
		});
	});

	it('tolerates what is no such document', () => {
		for (const bad of [null, 'x', {}, { paths: 3 }]) expect(operationsByTag(bad)).toEqual([]);
	});
});

describe('typeName', () => {
	it('says choices, lists and nullable types shortly', () => {
		expect(typeName({ oneOf: [{ type: 'null' }, { $ref: '#/components/schemas/Fault' }] })).toBe('null | Fault');
		expect(typeName({ type: ['string', 'null'] })).toBe('string | null');
		expect(typeName({ enum: ['a', 'b'] })).toBe('"a" | "b"');
	});
});
