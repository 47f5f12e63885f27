// The process of WorkerPatternMatcher. Node runs this file itself, without a build.
import { serveRequests } from '../processes/serve_requests.ts';
import { workOnPattern } from './pattern_work.ts';

serveRequests(() => workOnPattern);
