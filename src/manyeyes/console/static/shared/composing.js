// Keys that belong to an input method which puts a word together: they never act.

const OF_AN_INPUT_METHOD = 229; // some browsers report the Enter that ends a word late, and say so by this number alone

/** Whether a key goes to an input method, and so neither sends nor picks anything. */
export const isComposing = (event) => event.isComposing || event.keyCode === OF_AN_INPUT_METHOD;
