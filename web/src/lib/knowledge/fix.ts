/** What to do with a file that was not taken: said by the kind of file, or by the reason. */
import { tOr } from '$lib/i18n/locale.svelte';

const wayOut: Record<string, string> = {
	doc: 'save_as_docx',
	docm: 'save_as_docx',
	rtf: 'save_as_docx',
	odt: 'save_as_docx',
	xls: 'save_as_xlsx',
	xlsm: 'save_as_xlsx',
	xlsb: 'save_as_xlsx',
	ods: 'save_as_xlsx',
	ppt: 'export_as_pdf',
	pptx: 'export_as_pdf',
	jtd: 'save_as_docx',
	jtt: 'save_as_docx',
	xdw: 'export_as_pdf',
	xbd: 'export_as_pdf',
	pdf: 'recognise_text',
	jpg: 'recognise_text',
	jpeg: 'recognise_text',
	png: 'recognise_text',
	tif: 'recognise_text',
	tiff: 'recognise_text',
	zip: 'unpack',
	lzh: 'unpack',
	'7z': 'unpack'
};

/** The sentence that helps, the server's own words where none is known here, or nothing. */
export function fixFor(fault: { code: string; fix?: string | null }, fileName: string): string {
	const reason = fault.code.split('.').at(-1) ?? '';
	const extension = fileName.split('.').at(-1)?.toLowerCase() ?? '';
	const key = reason === 'document_type_unsupported' ? (wayOut[extension] ?? reason) : reason;
	return tOr(`fix.${key}`, fault.fix ?? '');
}
