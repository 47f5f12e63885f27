/** Combines both builds. */
import './blind_build.ts';
import './dies_before_call_build.ts';
