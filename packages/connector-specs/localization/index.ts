export { type MapText, mapSpecTexts } from './map_spec_texts.ts';
export { specTranslator, textsOf, translationProblems } from './translate_spec.ts';
