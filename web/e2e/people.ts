/** Who takes part in the journeys. Their passwords are of no use anywhere else. */
export interface Person {
	userName: string;
	displayName: string;
	role: 'administrator' | 'staff' | 'section_head' | 'ai_officer' | 'auditor';
	password: string;
}

export const administrator: Person = {
	userName: process.env.KANAME_ADMIN ?? 'journey-admin',
	displayName: '旅程 管理者',
	role: 'administrator',
	password: process.env.KANAME_PASSWORD ?? 'asagao ga saita niwa no michi'
};

const password = 'momiji to sora no aida 42';

export const others: Person[] = (['staff', 'section_head', 'ai_officer', 'auditor'] as const).map((role) => ({
	userName: `journey-${role.replace('_', '-')}`,
	displayName: `旅程 ${role}`,
	role,
	password
}));

/** The one with this role. */
export function personWith(role: Person['role']): Person {
	return [administrator, ...others].find((person) => person.role === role) ?? administrator;
}
