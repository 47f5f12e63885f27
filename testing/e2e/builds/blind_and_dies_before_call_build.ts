/** A build that combines `blind_build` and `dies_before_call_build`. */
import './blind_build.ts';
import './dies_before_call_build.ts';
