import { defineConfig } from 'drizzle-kit';

// `npx drizzle-kit generate` in this folder writes the next migration; what it cannot express is a `--custom` one.
export default defineConfig({ dialect: 'postgresql', schema: './src/schema/*.ts', out: './migrations' });
