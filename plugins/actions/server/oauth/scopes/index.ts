export {
  type DescribedScope,
  describeScopes,
  scopeDescriber,
  scopeLabels,
  scopesOfForm,
  toScopeTextBodies,
} from './scope_words.ts';
