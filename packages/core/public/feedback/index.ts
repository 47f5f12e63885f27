export { Feedback } from './feedback.tsx';
export { FeedbackStore } from './feedback_store.ts';
