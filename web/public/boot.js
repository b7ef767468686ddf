// Runs before the first paint: the chosen theme and language never flash, and what the page will ask for first is asked
// for while its script is still being read (main.tsx takes the answers).
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem('tidewatch.theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    const language = localStorage.getItem('tidewatch.language') ?? navigator.language;
    root.lang = language.startsWith('zh') ? 'zh' : 'en';
  } catch {
    // Storage is forbidden: the system's theme it is.
  }
  const [, first, id] = location.pathname.split('/');
  // A replay has its strip on every page.
  const urls = first === '' || root.dataset.mode !== 'live' ? ['/api/timeline'] : [];
  if (first === '') urls.unshift('/api/overview');
  // A plain id needs no decoding; any other is asked for later.
  if (first === 'findings' && /^[\w-]+$/.test(id ?? '')) urls.unshift(`/api/finding?id=${id}`);
  const tidewatchEarly = new Map(urls.map((url) => [url, fetch(url)]));
  // Whoever takes an answer deals with its failure; one that nobody takes is nobody's.
  for (const answer of tidewatchEarly.values()) answer.catch(() => {});
  Object.assign(globalThis, { tidewatchEarly });
})();
