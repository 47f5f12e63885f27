import { useCore } from '@latchkey/core/public';
import { useEffect, useState } from 'react';

/**
 * Returns the last value that has not changed for `pauseMs` milliseconds. The first value is
 * returned immediately.
 */
export function useSettled<T>(value: T, pauseMs: number): T {
  const { clock } = useCore();
  const [settled, setSettled] = useState(value);
  useEffect(() => clock.after(pauseMs, () => setSettled(() => value)), [clock, value, pauseMs]);
  return settled;
}
