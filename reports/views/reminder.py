from django.http import HttpResponse


def reminder(request):
    return HttpResponse("")
