export { type Hover, hoverAt } from './completion/hover_at.ts';
export { type StepPlace, stepPlaces } from './completion/step_places.ts';
export { type StepVariables, stepVariables } from './completion/step_variables.ts';
export type { CompletionContext, KnownWorkflowName } from './completion/suggest_values.ts';
export type { Suggestion, SuggestionKind, Suggestions } from './completion/suggestion.ts';
export { suggestionsAt } from './completion/suggestions_at.ts';
export { pathAt } from './completion/text_place.ts';
export { ConditionError } from './conditions/condition_error.ts';
export {
  type ConditionScope,
  evaluateCondition,
  evaluateRendered,
} from './conditions/evaluate_condition.ts';
export { evaluateKql } from './conditions/evaluate_kql.ts';
export {
  type KqlLiteral,
  type KqlNode,
  type KqlRangeOperator,
  KqlSyntaxError,
} from './conditions/kql_node.ts';
export { parseKql } from './conditions/parse_kql.ts';
export type { DocumentPath, TextRange } from './document/document_positions.ts';
export { documentText } from './document/document_text.ts';
export { editWorkflowDocument, type WorkflowEdits } from './document/edit_document.ts';
export { workflowDocument } from './document/parse_document.ts';
export { inputsSchema, type ResolvedInputs, resolveInputs } from './inputs/resolve_inputs.ts';
export { compileWorkflow } from './program/compile_workflow.ts';
export type {
  ConcurrencyPolicy,
  FailurePolicy,
  LoopLimits,
  ProgramBranch,
  ProgramSettings,
  ProgramStep,
  RetryPolicy,
  StepBody,
  WorkflowProgram,
} from './program/workflow_program.ts';
export {
  dangerouslyMatchAuthorSchema,
  hasConditionalPatterns,
  validateAuthorSchema,
} from './schema/author_schema.ts';
export type { JsonSchema } from './schema/json_schema.ts';
export { type PatternCheck, patternChecks, patternMessage } from './schema/pattern_checks.ts';
export type { SchemaFault, SchemaFaultId } from './schema/schema_fault.ts';
export { type SchemaIssue, validateSchema } from './schema/validate_schema.ts';
export { type DocumentSchemaOptions, documentSchema } from './steps/document_schema.ts';
export { type ConnectorAction, type StepLookup, StepRegistry } from './steps/step_registry.ts';
export type { CommonKey, StepBehavior, StepType } from './steps/step_type.ts';
export {
  DEFAULT_TEMPLATE_LIMITS,
  MAX_TEMPLATE_LIMITS,
  sharedTemplateEngine,
  type TemplateContext,
  TemplateEngine,
  type TemplateEngineOptions,
  type TemplateLimits,
  type TextOptions,
} from './templates/template_engine.ts';
export { TemplateError, type TemplateErrorKind } from './templates/template_error.ts';
export { templateForm } from './templates/template_form.ts';
export type { VariableReference } from './templates/variable_references.ts';
export { analyzeWorkflow, type WorkflowAnalysis } from './validation/analyze_workflow.ts';
export {
  connectorsNamed,
  isActionEnabled,
  type KnownConnector,
} from './validation/check_connectors.ts';
export type { KnownWorkflow } from './validation/check_workflows.ts';
export {
  type ConnectorReference,
  connectorReferences,
  type ReferenceKind,
} from './validation/connector_references.ts';
export {
  type Diagnostic,
  MAX_DIAGNOSTICS,
  type RuleId,
  type Severity,
} from './validation/diagnostic.ts';
export {
  type ValidationContext,
  type ValidationResult,
  validateWorkflow,
} from './validation/validate_workflow.ts';
export { parseByteSize } from './values/byte_size.ts';
export { parseDateMath } from './values/date_math.ts';
export { formatDuration, parseDuration } from './values/duration.ts';
export { hasFields, isRecord, ownProperty, splitPath, valueAt } from './values/read_path.ts';
