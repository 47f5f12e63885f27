export {
  type DescribedScope,
  describeScopes,
  scopeDescriber,
  scopeLabels,
} from './scope_words.ts';
