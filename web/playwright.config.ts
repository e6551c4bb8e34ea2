/**
 * Browser journeys against a running Kaname.
 *
 * `KANAME_URL` says where it is. A server that is not set up yet needs `KANAME_SET_UP_TOKEN`; one that
 * is set up needs `KANAME_ADMIN` and `KANAME_PASSWORD` of an administrator. One worker, since the
 * journeys share that server.
 */
import { defineConfig } from '@playwright/test';

export default defineConfig({
	testDir: 'e2e',
	outputDir: 'test-results',
	workers: 1,
	fullyParallel: false,
	retries: 0,
	timeout: 60_000,
	expect: { timeout: 15_000 },
	reporter: [['list']],
	use: {
		baseURL: process.env.KANAME_URL ?? 'http://127.0.0.1:8080',
		locale: 'ja-JP',
		trace: 'retain-on-failure',
		launchOptions: {
			executablePath: process.env.KANAME_CHROMIUM ?? '/usr/bin/chromium',
			args: ['--no-sandbox']
		}
	},
	projects: [
		{ name: 'set-up', testMatch: 'set-up.ts' },
		{ name: 'journeys', testMatch: '*.spec.ts', dependencies: ['set-up'] }
	]
});
