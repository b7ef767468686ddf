// Hands a file to the browser to keep.

export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The download has its own hold on the data once it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A name that any file system takes. */
export function fileName(words: string, extension: string): string {
  const plain = words.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '');
  return `${plain.slice(0, 100) || 'tidewatch'}.${extension}`;
}

/** A transparent canvas on a ground, so that it can be read wherever it is pasted, with a line that says what it is. */
export function onGround(source: HTMLCanvasElement, ground: string, ink: string, title: string): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const head = 24 * devicePixelRatio;
  canvas.width = source.width;
  canvas.height = source.height + head;
  const context = canvas.getContext('2d');
  if (context === null) return source;
  context.fillStyle = ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = ink;
  context.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  context.fillText(title, 8 * devicePixelRatio, 17 * devicePixelRatio);
  context.drawImage(source, 0, head);
  return canvas;
}
