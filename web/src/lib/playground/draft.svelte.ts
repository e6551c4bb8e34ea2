/** A request while it is being written: what was typed, and what of it can be sent. */
import { dialects, type Dialect, type ModelRequest } from './request';

/** What is wrong with a field. */
export type DraftFault = 'no_model' | 'no_text' | 'temperature' | 'max_tokens';

export class RequestDraft {
	model = $state('');
	dialect = $state<Dialect>('chat_completions');
	system = $state('');
	user = $state('');
	temperature = $state('');
	maxTokens = $state('1024');
	stream = $state(true);
	label = $state('');
	#lowest: string;

	/** `lowest` is the label of text that says nothing of its own. */
	constructor(lowest: string) {
		this.#lowest = lowest;
		this.label = lowest;
	}

	/** Takes a dialect by its name; another name changes nothing. */
	speak(name: string | null): void {
		this.dialect = dialects.find((one) => one === name) ?? this.dialect;
	}

	/** What is sent, and shown as code; what cannot be read counts as not said. */
	request(): ModelRequest {
		return {
			model: this.model,
			dialect: this.dialect,
			system: this.system.trim(),
			user: this.user.trim(),
			temperature: this.#degree() ?? null,
			maxTokens: this.#most() ?? null,
			stream: this.stream,
			label: this.label === this.#lowest ? null : this.label
		};
	}

	/** What has to be mended before it can be sent. */
	faults(): DraftFault[] {
		const all: [DraftFault, boolean][] = [
			['no_model', this.model === ''],
			['no_text', this.user.trim() === ''],
			['temperature', this.#degree() === undefined],
			['max_tokens', this.#most() === undefined]
		];
		return all.filter(([, faulty]) => faulty).map(([fault]) => fault);
	}

	/** The temperature, `null` where nothing is typed, `undefined` where it is none of the dialect. */
	#degree(): number | null | undefined {
		const text = narrow(this.temperature);
		if (text === '') return null;
		const most = this.dialect === 'messages' ? 1 : 2;
		return /^\d+(\.\d+)?$/.test(text) && Number(text) <= most ? Number(text) : undefined;
	}

	/** The bound on the answer, told apart like the temperature; Messages wants one. */
	#most(): number | null | undefined {
		const text = narrow(this.maxTokens);
		if (text === '') return this.dialect === 'messages' ? undefined : null;
		return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined;
	}
}

/** As typed with a Japanese keyboard or not. */
function narrow(text: string): string {
	return text.normalize('NFKC').replaceAll(',', '').trim();
}
