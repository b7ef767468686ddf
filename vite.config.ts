// How the page is built: `web/` into `dist/web/`. Charts are a chunk of their own that is loaded when one is shown; the
// JSX transform is Vite's own. `npm run dev` uses the same file.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const API = 'http://127.0.0.1:8080';

export default defineConfig({
  root: fileURLToPath(new URL('web', import.meta.url)),
  base: '/',
  build: {
    outDir: fileURLToPath(new URL('dist/web', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // A file inlined as `data:` would break the content security policy.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  server: {
    // `npm run dev` beside a running `npm start`: the API answers its own origin only, so the proxy speaks as that.
    proxy: { '/api': { target: API, changeOrigin: true, headers: { origin: API } } },
  },
  oxc: { jsx: { runtime: 'automatic' } },
});
