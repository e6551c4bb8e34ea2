/** Calls about who is who: set-up, sessions, users, departments, keys. */
import { ApiError, call, useCsrfToken } from '$lib/api/client';
import type { Department, ImportOutcome, Key, List, NewUser, Scope, Session, Status, Team, User } from '$lib/api/types';

export interface SetUp {
	token: string;
	institution_name: string;
	label_pack: string;
	user_name: string;
	display_name: string;
	password: string;
}

/** Whether the server is set up, and for whom. */
export const getStatus = (fetcher?: typeof fetch) => call<Status>('GET', '/status', { fetch: fetcher });

/** The present session, or `null` when nobody is signed in. */
export async function getSession(fetcher?: typeof fetch): Promise<Session | null> {
	try {
		return begin(await call<Session>('GET', '/session', { fetch: fetcher }));
	} catch (error) {
		if (error instanceof ApiError && error.status === 401) return null;
		throw error;
	}
}

/** Makes the institution and its first administrator, and signs that person in. */
export const setUp = async (body: SetUp) => begin(await call<Session>('POST', '/set-up', { body }));

/** Signs in. */
export const signIn = async (user_name: string, password: string) =>
	begin(await call<Session>('POST', '/session', { body: { user_name, password } }));

/** Ends this session. */
export const signOut = () => call<void>('DELETE', '/session');

/** Ends every session of the person, this one included. */
export const signOutEverywhere = () => call<void>('DELETE', '/sessions');

/** Changes one's own password. */
export const changePassword = (current_password: string, new_password: string) =>
	call<void>('PUT', '/me/password', { body: { current_password, new_password } });

export const listUsers = (cursor: string | null, fetcher?: typeof fetch) =>
	call<List<User>>('GET', '/users', { query: { cursor, limit: 100 }, fetch: fetcher });
export const createUser = (body: NewUser) =>
	call<{ user: User; temporary_password: string | null }>('POST', '/users', { body });
export const changeUser = (id: string, body: Partial<User>) => call<User>('PATCH', `/users/${id}`, { body });
export const resetPassword = (id: string) =>
	call<{ temporary_password: string }>('POST', `/users/${id}/password-reset`);
export const endSessionsOf = (id: string) => call<void>('DELETE', `/users/${id}/sessions`);
export const importUsers = (csv: string, dry_run: boolean) =>
	call<ImportOutcome>('POST', '/users/import', { body: csv, contentType: 'text/csv', query: { dry_run } });

export const listDepartments = (fetcher?: typeof fetch) =>
	call<List<Department>>('GET', '/departments', { query: { limit: 200 }, fetch: fetcher });
export const createDepartment = (body: Omit<Department, 'id'>) => call<Department>('POST', '/departments', { body });
export const changeDepartment = (id: string, body: Partial<Department>) =>
	call<Department>('PATCH', `/departments/${id}`, { body });
export const deleteDepartment = (id: string) => call<void>('DELETE', `/departments/${id}`);
export const listTeams = (departmentId: string) =>
	call<List<Team>>('GET', `/departments/${departmentId}/teams`, { query: { limit: 200 } });
export const createTeam = (departmentId: string, body: Omit<Team, 'id' | 'department_id'>) =>
	call<Team>('POST', `/departments/${departmentId}/teams`, { body });
export const deleteTeam = (id: string) => call<void>('DELETE', `/teams/${id}`);

export const listKeys = (fetcher?: typeof fetch) =>
	call<List<Key>>('GET', '/keys', { query: { limit: 200 }, fetch: fetcher });
export const createKey = (body: { name: string; scopes: Scope[]; expires_in_days: number }) =>
	call<{ key: Key; secret: string }>('POST', '/keys', { body });
export const revokeKey = (id: string) => call<void>('DELETE', `/keys/${id}`);

function begin(session: Session): Session {
	useCsrfToken(session.csrf_token);
	return session;
}
