/** A build whose clock is eleven minutes ahead: attempts that were just started have expired. */
const AHEAD_MS = 11 * 60_000;

const { now } = Date;

Date.now = () => now() + AHEAD_MS;
