// Submits the form at once. The button is for browsers without scripts.
document.forms[0].submit();
