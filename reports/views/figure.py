from django.http import HttpResponse


def figure(request, indicator):
    return HttpResponse("")
