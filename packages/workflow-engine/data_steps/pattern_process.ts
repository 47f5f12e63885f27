// The process of WorkerPatternMatcher. Node runs this file itself, without a build.
import { serveRequests } from '../processes/serve_requests.ts';
import { searchTexts } from './search_texts.ts';

serveRequests(() => searchTexts);
