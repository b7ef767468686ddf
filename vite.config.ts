// How the page is built: `web/` into `dist/web/`. What the first page needs is one chunk, which compresses best; charts
// and the other pages are chunks of their own, loaded when they are shown. `npm run dev` uses the same file.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const BEGIN = here('web/main.tsx');

interface ModuleGraph {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/** Everything that `web/main.tsx` imports, directly or not, without what it imports later. */
function neededAtFirst(graph: ModuleGraph): ReadonlySet<string> {
  const needed = new Set<string>();
  const visit = (id: string): void => {
    if (needed.has(id)) return;
    needed.add(id);
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) visit(imported);
  };
  visit(BEGIN);
  return needed;
}

/** Worked out once: chunks are made when the graph is complete. */
let needed: ReadonlySet<string> | undefined;

export default defineConfig({
  root: here('web'),
  base: '/',
  build: {
    outDir: here('dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // A file inlined as `data:` would break the content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name(id, graph) {
                needed ??= neededAtFirst(graph);
                return needed.has(id) ? 'first' : null;
              },
            },
          ],
        },
      },
    },
  },
  oxc: { jsx: { runtime: 'automatic' } },
});
