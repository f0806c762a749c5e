"""The job that rq's workers load."""


def nothing(identifier):
    pass
