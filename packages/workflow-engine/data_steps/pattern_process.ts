// Entry file of the processes that WorkerPatternMatcher starts. Node runs this file directly,
// without a build.
import { serveRequests } from '../processes/serve_requests.ts';
import { workOnPattern } from './pattern_work.ts';

serveRequests(() => workOnPattern);
