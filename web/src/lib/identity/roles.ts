/** Who may see which part of the menu. The server decides for itself; this only keeps dead links away. */
import type { Role, User } from '$lib/api/types';

export const roles: Role[] = ['staff', 'section_head', 'ai_officer', 'administrator', 'auditor'];

/** Whether the person looks after users, endpoints and health, and may change them. */
export function isAdministrator(user: User): boolean {
	return user.roles.includes('administrator');
}

/** Whether the person may see how the house is run: users, departments and endpoints. */
export function mayOversee(user: User): boolean {
	return isAdministrator(user) || user.roles.includes('ai_officer') || user.roles.includes('auditor');
}
