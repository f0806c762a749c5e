"""A function for Google's functions-framework that says hello."""

import functions_framework


@functions_framework.http
def hello(request):
    return "Hello, world!"
