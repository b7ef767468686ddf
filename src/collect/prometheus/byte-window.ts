// Pieces of a body as one window that slides over them. What a piece ends with is put before the beginning of the next, and
// from there the next is read where it lies: nothing large is copied. A token that is cut is tried again only when there is
// half as much again, so that tiny pieces cost no more than large ones.

export interface ByteWindow {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Bytes of all pieces before the window. */
  readonly offset: number;
  /** Where reading goes on. */
  at: number;
  /** Puts a piece behind what is unread. False while that is not worth another try. */
  add(piece: Uint8Array): boolean;
  /** Brings in all that was added; for when nothing more will come. */
  close(): void;
  /** To be called when reading stopped for want of more. Whether there is more, and the window on it. */
  next(): boolean;
}

/** Longer than nearly all that is cut. */
const SEAM = 1024;

export function createByteWindow(): ByteWindow {
  let bytes = new Uint8Array(0);
  let view = new DataView(bytes.buffer);
  let offset = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let wantedBytes = 0;
  /** The piece whose beginning is in the window, behind so many bytes of the one before. */
  let behind: { readonly piece: Uint8Array; readonly restBytes: number } | undefined;

  const show = (shown: Uint8Array, at: number) => {
    bytes = shown as typeof bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    window.at = at;
  };
  const bringIn = () => {
    const [rest, piece, ...more] = waiting;
    const isSeam = piece !== undefined && more.length === 0 && piece.length > SEAM;
    if (rest !== undefined && isSeam) {
      behind = { piece, restBytes: rest.length };
      show(Buffer.concat([rest, piece.subarray(0, SEAM)]), 0);
    } else show(rest !== undefined && piece === undefined ? rest : Buffer.concat(waiting), 0);
    waiting = [];
    waitingBytes = 0;
  };
  const window: ByteWindow = {
    get bytes() {
      return bytes;
    },
    get view() {
      return view;
    },
    get offset() {
      return offset;
    },
    at: 0,
    add(piece) {
      if (piece.length === 0) return false;
      waiting.push(piece);
      waitingBytes += piece.length;
      if (waitingBytes < wantedBytes) return false;
      bringIn();
      return true;
    },
    close: bringIn,
    next() {
      const { at } = window;
      if (behind === undefined) {
        offset += at;
        const rest = bytes.subarray(at);
        waiting = rest.length === 0 ? [] : [rest];
        waitingBytes = rest.length;
        wantedBytes = Math.ceil(rest.length * 1.5);
        return false;
      }
      const { piece, restBytes } = behind;
      behind = undefined;
      offset += Math.min(at, restBytes);
      if (at >= restBytes) show(piece, at - restBytes);
      else show(Buffer.concat([bytes.subarray(at, restBytes), piece]), 0);
      return true;
    },
  };
  return window;
}
