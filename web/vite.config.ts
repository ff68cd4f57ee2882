import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run -w web dev` finds the api. */
const api = `http://localhost:${process.env.ROOKERY_PORT ?? '8080'}`;

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2023', sourcemap: false },
  server: {
    port: 5173,
    proxy: {
      '/graphql': { target: api, ws: true, changeOrigin: true, headers: { origin: api } },
      '/auth': { target: api, changeOrigin: true, headers: { origin: api } },
      '/exports': { target: api, changeOrigin: true, headers: { origin: api } },
      '/ca.pem': { target: api },
    },
  },
});
