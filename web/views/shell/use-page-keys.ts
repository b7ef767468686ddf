// What the keyboard does on every page, and where the focus goes when another page is opened.
import { type RefObject, useEffect, useRef } from 'react';
import { usePlace, useServices } from '../../parts/services.ts';
import { useControl } from '../../parts/use-control.ts';
import { togglePlay } from './replay-bar.tsx';

/**
 * `/` and Ctrl-K search, `?` tells the keys; space plays and pauses, unless it presses or types something. At the end
 * of the tape it does nothing: playing the day again is worth a press of the button.
 */
export function useGlobalKeys(open: (dialog: 'search' | 'keys') => void): void {
  const { live } = useServices();
  const control = useControl();
  const latest = useRef({ open, control });
  latest.current = { open, control };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : document.body;
      const replay = live.replay();
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        latest.current.open('search');
      } else if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, select, textarea, dialog')) {
        return;
      } else if (event.key === '/' || event.key === '?') {
        event.preventDefault();
        latest.current.open(event.key === '/' ? 'search' : 'keys');
      } else if (event.key === ' ' && replay?.mode === 'replay' && !target.closest('button, summary')) {
        event.preventDefault();
        if (replay.state !== 'ended') togglePlay(replay, latest.current.control);
      }
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [live]);
}

/** A new page begins at its top, with the focus in it; the first one is left to the browser. */
export function useFreshPage(main: RefObject<HTMLElement | null>): void {
  const { path } = usePlace();
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path, main]);
}
