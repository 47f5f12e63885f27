import { StepFailure } from '../failures/step_failure.ts';
import { MAX_JSON_CHARACTERS } from './json_size.ts';

/** Counts the characters of an output while a step makes it, and fails when it is too large. */
export class OutputBudget {
  #characters = 0;

  /**
   * @param characters of one value or name; every value counts as one more.
   * @throws StepFailure `OutputTooLarge`
   */
  use(characters: number): void {
    this.#characters += characters + 1;
    if (this.#characters > MAX_JSON_CHARACTERS) {
      throw new StepFailure('OutputTooLarge', 'The output of the step is larger than 10 MB.');
    }
  }
}
