import { useCore } from '@latchkey/core/public';
import { useEffect, useState } from 'react';

/** Pause between two updates, in milliseconds. */
const TICK_MS = 1_000;

/**
 * Current time of the server in milliseconds since 1970.
 * @param isRunning `true`: the component is rendered again every second
 */
export function useNow(isRunning: boolean): number {
  const { clock } = useCore();
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    if (!isRunning) return undefined;
    let stop = (): void => undefined;
    const tick = () => {
      setNow(clock.now());
      stop = clock.after(TICK_MS, tick);
    };
    stop = clock.after(TICK_MS, tick);
    return () => stop();
  }, [clock, isRunning]);
  return now;
}
