// The thread of WorkerPatternMatcher. Node runs this file itself, without a build.
import { serveRequests } from '../threads/serve_requests.ts';
import { searchTexts } from './search_texts.ts';

serveRequests(searchTexts);
