// What of snappyjs is used; it brings no types of its own.
declare module 'snappyjs' {
  const snappy: {
    /** Snappy's block format. */
    compress(bytes: Uint8Array): Uint8Array;
    uncompress(bytes: Uint8Array): Uint8Array;
  };
  export default snappy;
}
