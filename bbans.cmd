@echo off
rem Runs bbans from the packaged distribution. BBANS_JAVA: the java to run; BBANS_JAVA_OPTS: further options for it.
setlocal
set "home=%~dp0"
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
if exist "%home%runtime\bin\java.exe" set "java=%home%runtime\bin\java"
if defined BBANS_JAVA set "java=%BBANS_JAVA%"
if not exist "%home%lib\*.jar" (
    echo bbans: %home%: no distribution; unpack the one that "mvn package" makes in cli\target 1>&2
    exit /b 1
)
set "modules=--add-modules=jdk.incubator.vector"
set "classpath=%home%lib\*"
if "%~1"=="info" set "modules=-XX:TieredStopAtLevel=1"
if "%~1"=="list" set "modules=-XX:TieredStopAtLevel=1"
if "%~1"=="models" set "modules=-XX:TieredStopAtLevel=1"
if "%~1"=="train" set "classpath=%home%lib\*;%home%lib-extra\*"
if "%~1"=="compress" echo %* | findstr /C:"--train" >nul && set "classpath=%home%lib\*;%home%lib-extra\*"
if "%~1"=="bench" set "classpath=%home%lib\*;%home%lib-extra\*"
"%java%" -XX:+UseSerialGC -XX:MaxRAMPercentage=60 -Dsun.stdout.encoding=UTF-8 %modules% %BBANS_JAVA_OPTS% ^
    -cp "%classpath%" org.bbans.cli.Main %*
exit /b %ERRORLEVEL%
