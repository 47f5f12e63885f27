export { Feedback, preloadFeedback } from './feedback.tsx';
export { FeedbackStore } from './feedback_store.ts';
