// What `start` tells the terminal: lines that stay, and on a terminal one line that is written over.

export interface Progress {
  line(text: string): void;
  /** Written over by the next `update` or `line`; shown on a terminal only. */
  update(text: string): void;
}

export function createProgress(stream: NodeJS.WriteStream): Progress {
  let open = false;
  return {
    line(text) {
      stream.write(`${open ? '\r\u001b[K' : ''}${text}\n`);
      open = false;
    },
    update(text) {
      if (!stream.isTTY) return;
      stream.write(`\r\u001b[K${text}`);
      open = true;
    },
  };
}
