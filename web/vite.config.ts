/** Bundler and unit-test settings. `KANAME_URL` points the development server at a running Kaname. */
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

const server = process.env.KANAME_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
	plugins: [sveltekit()],
	server: { proxy: { '/api': server, '/openapi.json': server, '/v1': server, '/ledger': server } },
	// No test is a measure of speed: a busy machine must not fail one.
	test: { include: ['src/**/*.test.ts'], environment: 'node', testTimeout: 120_000 }
});
