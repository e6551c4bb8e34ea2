/** Dates, sizes and counts as people of the language in force write them. */
import { locale } from './locale.svelte';

/** Date and time of day, in the browser's time zone. */
export function dateTime(ms: number): string {
	return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
}

/** Date only. */
export function date(ms: number): string {
	return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(ms);
}

/** A day written as `YYYY-MM-DD`, whatever the time zone. */
export function calendarDay(iso: string): string {
	const day = new Date(`${iso}T00:00:00Z`);
	if (Number.isNaN(day.getTime())) return iso;
	return new Intl.DateTimeFormat(locale(), { dateStyle: 'long', timeZone: 'UTC' }).format(day);
}

/** Time of day to the second. */
export function timeOfDay(ms: number): string {
	return new Intl.DateTimeFormat(locale(), { timeStyle: 'medium' }).format(ms);
}

/** A file size with the unit that keeps it short. */
export function size(bytes: number): string {
	const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
	const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
	const unit = units[step] ?? 'byte';
	const style = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: step === 0 ? 0 : 1 } as const;
	return new Intl.NumberFormat(locale(), style).format(bytes / 1000 ** step);
}

/** A whole number with separators. */
export function count(value: number): string {
	return new Intl.NumberFormat(locale()).format(value);
}

/** Several names in a row. */
export function listing(names: string[]): string {
	return names.join(locale() === 'ja' ? '、' : ', ');
}
