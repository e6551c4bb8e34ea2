/** Names of acts and of their fields on screen; what is not known here shows its key. */
import { tOr } from '$lib/i18n/locale.svelte';

/** What kind of act it was. */
export function actTitle(kind: string): string {
	return tOr(`act.kind.${kind}`, tOr(`act.kind.${kind.split('.').at(-1)}`, kind));
}

/** The name of a field of an act. */
export function fieldName(field: string): string {
	return tOr(`act.field.${field}`, field);
}

/** A field's value as text. */
export function valueText(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}
