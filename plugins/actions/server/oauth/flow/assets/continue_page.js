// Sends the form on at once; the button is for browsers without scripts.
document.forms[0].submit();
