// Where the playhead would go under pointer and keys, and when it goes there: on release, or when the keys pause.
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import type { ReplayState } from '#api/rest/contract.ts';
import { movedBy } from '../../core/strip.ts';
import type { TimeScale } from '../../core/time-scale.ts';

const JUMP_AFTER_MS = 600;

export function usePlayhead(
  replay: Pick<ReplayState, 'nowMs' | 'tape'>,
  scale: TimeScale,
  width: number,
  onJump: (toMs: number) => void,
) {
  const [pendingMs, setPending] = useState<number>();
  const [hoverMs, setHover] = useState<number>();
  const dragging = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const { fromMs, toMs } = replay.tape;
  const momentAt = (event: PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    const ms = scale.toMs(((event.clientX - box.left) / Math.max(1, width)) * scale.lengthX);
    return Math.min(toMs, Math.max(fromMs, ms));
  };
  const jump = (ms: number): void => {
    setPending(undefined);
    onJump(Math.round(ms));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && pendingMs !== undefined) {
      clearTimeout(timer.current);
      setPending(undefined);
      return;
    }
    const next = movedBy(event.key, event.shiftKey, pendingMs ?? replay.nowMs, scale, [fromMs, toMs]);
    if (next === undefined) return;
    event.preventDefault();
    setPending(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => jump(next), JUMP_AFTER_MS);
  };
  const track = {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      dragging.current = true;
      event.currentTarget.setPointerCapture(event.pointerId);
      setPending(momentAt(event));
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      setHover(momentAt(event));
      if (dragging.current) setPending(momentAt(event));
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      if (!dragging.current) return;
      dragging.current = false;
      jump(momentAt(event));
    },
    onPointerCancel() {
      dragging.current = false;
      setPending(undefined);
    },
    onPointerLeave() {
      setHover(undefined);
    },
  };
  return { pendingMs, hoverMs, onKeyDown, track };
}
