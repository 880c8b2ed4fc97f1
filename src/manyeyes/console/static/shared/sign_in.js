// Link previews open an address but do not run scripts and press no buttons: only a person's browser comes this far.

document.getElementById("sign-in").requestSubmit();
